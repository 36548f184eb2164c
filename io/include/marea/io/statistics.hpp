// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <limits>
#include <span>

#include <marea/io/array_ref.hpp>

namespace marea {

/// Mean, deviation, rms and extrema of numbers that arrive in pieces, in double precision.
///
/// Each piece is summed in two passes about its own mean and merged by the update of Chan, Golub and LeVeque
/// (1983), doi:10.2307/2683386, so that neither length nor offset costs digits. The same pieces in the same order
/// give the same bits.
class RunningStatistics {
 public:
  void add(std::span<const float> values);
  void add(std::span<const double> values);
  void add(const ArrayRef& values);                ///< host f32 or f64, any strides. Throws ShapeError otherwise
  void merge(const RunningStatistics& other);

  std::int64_t count() const { return count_; }
  double mean() const { return mean_; }
  double variance() const;                         ///< of the population (divided by count); 0 when empty
  double standard_deviation() const;
  double rms() const;                              ///< sqrt(mean of squares)
  double minimum() const { return minimum_; }      ///< +inf when empty
  double maximum() const { return maximum_; }      ///< -inf when empty

 private:
  template <class T> void add_piece(std::span<const T> values);

  std::int64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;                             ///< sum of squared distances from the mean
  double minimum_ = std::numeric_limits<double>::infinity();
  double maximum_ = -std::numeric_limits<double>::infinity();
};

}  // namespace marea
