// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/grid/exact_sum.hpp>

#include <cmath>

namespace marea {
namespace {

constexpr int digit_bits = SplitDouble::digit_bits;

}  // namespace

void ExactSum::add(double value) {
  const SplitDouble part(value);
  if (!part.finite) {
    special_ += value;
    return;
  }
  for (int d = 0; d < 3; ++d) digits_[part.first + d] += part.digit[d];
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
  const double magnitude = std::ldexp(static_cast<double>(head), SplitDouble::lowest_exponent + digit_bits * (top - 2));
  return negative ? -magnitude : magnitude;
}

}  // namespace marea
