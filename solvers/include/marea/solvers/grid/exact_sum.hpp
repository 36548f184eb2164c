// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace marea {

/// Exact sum of doubles: a fixed-point number wide enough for every finite double, so that the order of additions,
/// the number of threads and of ranks never show. Host only.
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
