// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/io/array_ref.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/model_file.hpp>

namespace marea {

/// A band around a model's outputs that holds a stated share of the true values, calibrated on the validation runs.
///
/// Half width = q_c(share) d_c(cell) a: d the root mean square error of the model in that cell over training samples (the
/// local difficulty, at least a twentieth of its mean), a the sample's amplitude for channels of `amplitude_scaled`,
/// q_c the quantile of |error| / (d a) over cells and samples of the validation runs, its share raised by 1 / n for n
/// runs: split conformal prediction (Lei et al. 2018, doi:10.1080/01621459.2017.1307116). It holds for inputs like the
/// training's and on average over cells, not in each.
class Band {
 public:
  /// Throws DataError where the arrays do not fit `info`.
  Band(const ModelInfo& info, const Weights& data);

  /// in (C_in, …) of one sample, out (C_out, …): half widths that hold `share` (0 to 1) of the values, in the outputs'
  /// units, 0 outside the mask. Host arrays on the training's grid, f32 or f64. Throws ConfigError, ShapeError.
  void half_width(const ArrayRef& in, double share, const ArrayRef& out) const;

 private:
  ModelInfo info_;
  HostArray difficulty_, quantiles_;
};

}  // namespace marea
