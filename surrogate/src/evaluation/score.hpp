// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/host_array.hpp>
#include <marea/io/option_tree.hpp>

namespace marea::detail {

/// The errors of one channel at one lead time, each the sum over the runs added; NaN where there is no such cell.
struct ChannelScore {
  double nrmse = 0, vrmse = 0, mean_absolute_error = 0, maximum_error = 0, conservation = 0, boundary = 0, front = 0;
  double spectral_low = 0, spectral_middle = 0, spectral_high = 0;
};

/// Relative L2 error, pooled over the leads and the first `channels` channels: forecast and reference (leads, C, …).
double headline_error(const ArrayRef& forecast, const ArrayRef& reference, const ArrayRef& mask, std::size_t channels);

/// Errors of one method over runs: (leads, channels).
class Score {
 public:
  Score() = default;
  Score(std::vector<std::string> channels, std::int64_t leads);

  /// One run: forecast and reference (leads, C, [k,] [j,] i), f64; `mask` 0/1 over the cells, or empty; `fronts` 0/1 at
  /// each lead, or none.
  void add(const ArrayRef& forecast, const ArrayRef& reference, const ArrayRef& mask,
           const std::vector<HostArray>& fronts = {});

  std::int64_t runs() const { return static_cast<std::int64_t>(headline_.size()); }
  /// Relative L2 error of the channels of the first output field, pooled over them and the leads: one a run.
  const std::vector<double>& headline() const { return headline_; }
  double headline_mean() const;
  /// The table of a report: a table a channel with means over runs and leads, and the errors of each lead. An error
  /// that is not defined (no front at that lead) is left out of the mean, and out of the table where it never is.
  OptionTree to_tree() const;
  void set_headline_channels(std::size_t count) { headline_channels_ = count; }

 private:
  std::vector<std::string> channels_;
  std::int64_t leads_ = 0;
  std::size_t headline_channels_ = 1;
  std::vector<ChannelScore> sums_;  ///< (leads, channels)
  std::vector<double> headline_;
};

}  // namespace marea::detail
