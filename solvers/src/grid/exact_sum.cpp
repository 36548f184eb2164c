// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/grid/exact_sum.hpp>

#include <bit>
#include <cmath>

namespace marea {
namespace {

constexpr int digit_bits = 32;
constexpr int lowest_exponent = -1088;  // weight of bit 0 of digit 0; a multiple of 32 below 2^-1074
constexpr std::uint64_t digit_mask = 0xffffffffu;

}  // namespace

void ExactSum::add(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const int biased = static_cast<int>((bits >> 52) & 0x7ff);
  if (biased == 0x7ff) {
    special_ += value;
    return;
  }
  std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
  if (biased > 0) mantissa |= std::uint64_t{1} << 52;
  const int position = (biased > 0 ? biased : 1) - 1075 - lowest_exponent;
  const int digit = position / digit_bits, shift = position % digit_bits;
  const auto wide = static_cast<unsigned __int128>(mantissa) << shift;  // 53 + 31 bits: three digits
  const std::int64_t sign = bits >> 63 ? -1 : 1;
  digits_[digit] += sign * static_cast<std::int64_t>(static_cast<std::uint64_t>(wide) & digit_mask);
  digits_[digit + 1] += sign * static_cast<std::int64_t>(static_cast<std::uint64_t>(wide >> 32) & digit_mask);
  digits_[digit + 2] += sign * static_cast<std::int64_t>(static_cast<std::uint64_t>(wide >> 64) & digit_mask);
  if (++additions_ == std::int64_t{1} << 30) normalise();
}

void ExactSum::add(const ExactSum& other) {
  ExactSum carried = other;
  carried.normalise();
  normalise();
  for (int d = 0; d < digit_count; ++d) digits_[d] += carried.digits_[d];
  special_ += other.special_;
  additions_ = 1;
}

void ExactSum::normalise() {
  for (int d = 0; d + 1 < digit_count; ++d) {
    const std::int64_t carry = digits_[d] >> digit_bits;  // floor, also of a negative digit
    digits_[d] -= carry * (std::int64_t{1} << digit_bits);
    digits_[d + 1] += carry;
  }
  additions_ = 1;
}

double ExactSum::value() const {
  if (special_ != 0) return special_;  // NaN compares unequal too
  ExactSum sum = *this;
  sum.normalise();
  const bool negative = sum.digits_.back() < 0;
  if (negative) {
    for (auto& d : sum.digits_) d = -d;
    sum.normalise();
  }
  int top = digit_count - 1;
  while (top > 0 && sum.digits_[top] == 0) --top;
  // Three digits hold at least 65 significant bits; what lies below only breaks ties.
  unsigned __int128 head = 0;
  for (int d = top; d > top - 3; --d) head = head << digit_bits | static_cast<std::uint64_t>(d >= 0 ? sum.digits_[d] : 0);
  for (int d = top - 3; d >= 0; --d)
    if (sum.digits_[d] != 0) head |= 1;
  const double magnitude = std::ldexp(static_cast<double>(head), lowest_exponent + digit_bits * (top - 2));
  return negative ? -magnitude : magnitude;
}

}  // namespace marea
