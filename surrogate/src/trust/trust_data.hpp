// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/io/dataset.hpp>
#include <marea/surrogate/trust.hpp>

namespace marea::detail {

// Names of the arrays.
inline constexpr const char* trust_varying = "varying";      ///< f64 (V): input channels that vary
inline constexpr const char* trust_constant = "constant";    ///< f64 (K): those that do not
inline constexpr const char* trust_constants = "constants";  ///< f32 (K, cells): their values
inline constexpr const char* trust_mean = "mean";            ///< f32 (V * cells): of the normalised inputs
inline constexpr const char* trust_modes = "modes";          ///< f32 (modes, V * cells)
inline constexpr const char* trust_scale = "scale";          ///< f64 (modes): deviations of the coordinates
inline constexpr const char* trust_neighbours = "neighbours";  ///< f32 (samples, modes): scaled coordinates
inline constexpr const char* trust_ranges = "ranges";        ///< f64 (4 V [+ 2], 2): of the features
inline constexpr const char* trust_limits = "limits";        ///< f64 (4): of the Measures, where the score is 1

/// What a judge of a model on these inputs needs; nothing where no input channel varies. Reads at most 256 training and
/// 128 validation samples.
/// Throws as Dataset::read.
Weights measure_trust(const Dataset& train, const Dataset& valid, const ModelInfo& info);

}  // namespace marea::detail
