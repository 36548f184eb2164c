// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/io/dataset.hpp>
#include <marea/surrogate/band.hpp>
#include <marea/surrogate/normaliser.hpp>
#include <marea/surrogate/surrogate.hpp>

namespace marea::detail {

inline constexpr const char* band_difficulty = "difficulty";  ///< f32 (C_out, cells)
inline constexpr const char* band_quantiles = "quantiles";    ///< f64 (C_out, levels): of shares 0 to 1
inline constexpr std::int64_t band_levels = 1001;

/// What scales the errors of one sample: its amplitude, and the cells that count.
class BandScale {
 public:
  BandScale(const ArrayRef& in, const ModelInfo& info);
  std::int64_t cells() const { return cells_; }
  bool inside(std::int64_t cell) const { return mask_.empty() || mask_[static_cast<std::size_t>(cell)] >= 0.5f; }
  double of(std::int64_t output_channel) const {
    return plan_.output_scaled[static_cast<std::size_t>(output_channel)] ? amplitude_ : 1;
  }

 private:
  NormaliserPlan plan_;
  std::int64_t cells_ = 0;
  double amplitude_ = 1;
  std::vector<float> mask_;
};

/// Errors of a trained model on at most 128 samples of training and of validation runs.
Weights measure_band(const Surrogate& model, const Dataset& train, const Dataset& valid);

}  // namespace marea::detail
