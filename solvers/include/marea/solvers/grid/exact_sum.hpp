// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <Kokkos_Macros.hpp>

namespace marea {

/// A double as three digits of an ExactSum, from number `first` on, each with the double's sign.
struct SplitDouble {
  static constexpr int digit_bits = 32;
  static constexpr int lowest_exponent = -1088;  ///< of bit 0 of digit 0: a multiple of 32 below 2^-1074

  std::int64_t digit[3];
  int first;
  bool finite, nan;

  KOKKOS_INLINE_FUNCTION explicit SplitDouble(double value) {
    std::uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    const int exponent = static_cast<int>(bits >> 52 & 0x7ff);
    std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
    finite = exponent != 0x7ff;
    nan = !finite && mantissa != 0;
    if (exponent > 0) mantissa |= std::uint64_t{1} << 52;
    const int position = (exponent > 0 ? exponent : 1) - 1075 - lowest_exponent;
    first = position / digit_bits;
    const int shift = position % digit_bits;  // 53 + 31 bits: three digits
    const std::uint64_t low = mantissa << shift, high = shift > 0 ? mantissa >> (64 - shift) : 0;
    const std::int64_t sign = bits >> 63 ? -1 : 1;
    digit[0] = sign * static_cast<std::int64_t>(low & 0xffffffffu);
    digit[1] = sign * static_cast<std::int64_t>(low >> digit_bits);
    digit[2] = sign * static_cast<std::int64_t>(high);
  }
};

/// Exact sum of doubles: a fixed-point number wide enough for every finite double, so that the order of additions,
/// the number of threads and of ranks never show. Kernels add through reduce.hpp; this class is the host's.
///
/// Source: U. Kulisch, "Computer Arithmetic and Validity" (2013), chapter 8 (the long accumulator),
/// doi:10.1515/9783110301793.
class ExactSum {
 public:
  void add(double value);
  void add(const ExactSum& other);
  /// The sum rounded to the nearest double; NaN or infinite when an addend was.
  double value() const;

  /// Digits of 32 bits from 2^-1088 on, each with room for 2^30 additions. Sum over ranks, digit by digit, after
  /// normalise().
  static constexpr int digit_count = 70;
  std::array<std::int64_t, digit_count>& digits() { return digits_; }
  double& special() { return special_; }  ///< plain sum of the addends that are not finite
  /// Carries into the higher digits: all but the highest lie in [0, 2^32).
  void normalise();

 private:
  std::array<std::int64_t, digit_count> digits_{};
  std::int64_t additions_ = 0;
  double special_ = 0;
};

}  // namespace marea
