// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/statistics.hpp>

#include <algorithm>
#include <cmath>

#include <marea/io/host_array.hpp>

namespace marea {

template <class T>
void RunningStatistics::add_piece(std::span<const T> values) {
  if (values.empty()) return;
  RunningStatistics piece;
  piece.count_ = static_cast<std::int64_t>(values.size());
  double sum = 0;
  for (const double v : values) sum += v;
  piece.mean_ = sum / static_cast<double>(piece.count_);
  double rest = 0;  // what rounding left in the mean
  for (const double v : values) {
    const double d = v - piece.mean_;
    rest += d;
    piece.squares_ += d * d;
    piece.minimum_ = std::min(piece.minimum_, v);
    piece.maximum_ = std::max(piece.maximum_, v);
  }
  piece.mean_ += rest / static_cast<double>(piece.count_);
  piece.squares_ -= rest * rest / static_cast<double>(piece.count_);
  merge(piece);
}

void RunningStatistics::add(std::span<const float> values) { add_piece(values); }
void RunningStatistics::add(std::span<const double> values) { add_piece(values); }

void RunningStatistics::add(const ArrayRef& values) {
  const auto add_contiguous = [this](const ArrayRef& ref) {
    const auto n = static_cast<std::size_t>(ref.size());
    if (ref.dtype == DType::f32)
      add(std::span<const float>(ref.as<float>(), n));
    else
      add(std::span<const double>(ref.as<double>(), n));
  };
  if (values.is_contiguous()) return add_contiguous(values);
  const HostArray compact(values.dtype, values.extents());
  copy(values, compact.ref());
  add_contiguous(compact.ref());
}

void RunningStatistics::merge(const RunningStatistics& other) {
  if (other.count_ == 0) return;
  const double n = static_cast<double>(count_), m = static_cast<double>(other.count_);
  const double shift = other.mean_ - mean_;
  mean_ += shift * m / (n + m);
  squares_ += other.squares_ + shift * shift * n * m / (n + m);
  count_ += other.count_;
  minimum_ = std::min(minimum_, other.minimum_);
  maximum_ = std::max(maximum_, other.maximum_);
}

double RunningStatistics::variance() const {
  return count_ ? std::max(0.0, squares_ / static_cast<double>(count_)) : 0;
}
double RunningStatistics::standard_deviation() const { return std::sqrt(variance()); }
double RunningStatistics::rms() const { return std::sqrt(variance() + mean_ * mean_); }

}  // namespace marea
