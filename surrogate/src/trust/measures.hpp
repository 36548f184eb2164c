// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <marea/io/model_file.hpp>
#include <marea/surrogate/normaliser.hpp>

namespace marea::detail {

/// Minimum, maximum, rms and its logarithm of each varying channel; the amplitude of the sample and its logarithm last.
std::vector<double> features_of(std::span<const float> in, std::int64_t cells, const std::vector<int>& varying,
                                int amplitude_channel);

/// The varying channels of one input (channels, cells) as a network sees them: (varying, cells).
std::vector<float> encoded(std::span<const float> in, std::int64_t cells, const std::vector<int>& varying,
                           const NormaliserPlan& plan);

/// Lowest and highest value of each feature over the training inputs.
using Ranges = std::vector<std::array<double, 2>>;

struct Excess {
  double share = 0;  ///< of the width of the range, at least a twentieth of its channel's, of the amplitude, or of e
  int feature = -1;
};
/// The feature that is furthest out of its range.
Excess largest_excess(std::span<const double> features, const Ranges& ranges);

/// An input in the POD of the training's.
struct PodDistance {
  double mahalanobis = 0;  ///< root mean square of the coordinates in units of their deviations
  double nearest = 0;      ///< the same of the difference to the nearest of the neighbours
  double residual = 0;     ///< norm of what the modes leave over that of the deviation from the mean
};
/// `modes` (modes, values) orthonormal, `scale` the deviations of the coordinates, `neighbours` (samples, modes) the
/// coordinates of other inputs over their deviations.
PodDistance pod_distance(std::span<const float> x, std::span<const float> mean, std::span<const float> modes,
                         std::span<const double> scale, std::span<const float> neighbours);

/// Excess, distance, neighbour and residual of one input: what has a limit each.
using Measures = std::array<double, 4>;

}  // namespace marea::detail
