// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/host_array.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/option_tree.hpp>

namespace marea::detail {

/// The errors of one channel at one lead time, each the sum over the runs added; NaN where there is no such cell.
struct ChannelScore {
  double nrmse = 0, vrmse = 0, mean_absolute_error = 0, maximum_error = 0, conservation = 0, boundary = 0, front = 0;
  double spectral_low = 0, spectral_middle = 0, spectral_high = 0;
};

/// An output field of a model: which of the output channels are its components.
struct OutputField {
  std::string name;
  std::int64_t first = 0, count = 1;
};
std::vector<OutputField> output_fields(const ModelInfo& info);

/// Relative L2 error of a field, pooled over its components and the leads: forecast and reference (leads, C, …).
double field_error(const ArrayRef& forecast, const ArrayRef& reference, const ArrayRef& mask, const OutputField& field);

/// Errors of one method over runs: (leads, channels).
class Score {
 public:
  Score() = default;
  Score(std::vector<std::string> channels, std::vector<OutputField> fields, std::int64_t leads);

  /// One run: forecast and reference (leads, C, [k,] [j,] i), f64; `mask` 0/1 over the cells, or empty; `fronts` 0/1 at
  /// each lead, or none.
  void add(const ArrayRef& forecast, const ArrayRef& reference, const ArrayRef& mask,
           const std::vector<HostArray>& fronts = {});

  std::int64_t runs() const { return runs_; }
  const std::vector<OutputField>& fields() const { return fields_; }
  /// `field_error` of fields()[field]: one a run.
  const std::vector<double>& errors(std::size_t field) const { return errors_[field]; }
  double mean_error(std::size_t field) const;
  /// The table of a report: a table a channel with means over runs and leads, and the errors of each lead. An error
  /// that is not defined (no front at that lead) is left out of the mean, and out of the table where it never is.
  OptionTree to_tree() const;

 private:
  std::vector<std::string> channels_;
  std::vector<OutputField> fields_;
  std::int64_t leads_ = 0, runs_ = 0;
  std::vector<ChannelScore> sums_;           ///< (leads, channels)
  std::vector<std::vector<double>> errors_;  ///< (fields, runs)
};

}  // namespace marea::detail
