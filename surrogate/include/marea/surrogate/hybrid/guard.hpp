// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include <marea/io/model_file.hpp>
#include <marea/io/named.hpp>

namespace marea::hybrid {

/// A state in the channels of a step model: (C, cells), f64, whole grid, C order.
using Channels = std::vector<double>;

/// Measures states in units of the training data: |q|^2 = sum over channels of sum over cells (q_c / rms_c)^2.
/// With elevation and velocity as channels this is close to the wave energy.
class StateNorm {
 public:
  /// `scales`: rms of each channel over the training states, > 0.
  StateNorm(std::vector<double> scales, std::int64_t cells) : scales_(std::move(scales)), cells_(cells) {}
  double of(std::span<const double> state) const;
  double of_difference(std::span<const double> a, std::span<const double> b) const;

 private:
  std::vector<double> scales_;
  std::int64_t cells_;
};

/// Estimated relative error of the proposal q1 = q(t + interval), from solver probes of the tendency f.
///
/// The cubic Hermite interpolant through (q0, f0) and (q1, f1) must satisfy dq/dt = f in the middle:
///   q_m = (q0 + q1)/2 + interval (f0 - f1)/8,   r = 3 (q1 - q0)/(2 interval) - (f0 + f1)/4 - f(q_m).
/// An error e of q1 alone gives r = 3 e/(2 interval) to leading order, so the estimate is
/// (2/3) interval |r| / |q1|. Beside the surrogate's error it holds the interpolant's own, O(interval^4), and waves
/// shorter than the interval: it errs on the safe side.
double residual_estimate(const StateNorm& norm, std::span<const double> q0, std::span<const double> q1,
                         std::span<const double> f0, std::span<const double> f1, std::span<const double> f_middle,
                         double interval);
/// q_m of the above.
Channels hermite_middle(std::span<const double> q0, std::span<const double> q1, std::span<const double> f0,
                        std::span<const double> f1, double interval);

/// How far the totals of the channels moved beyond what the tendency explains: the largest, over `conserved`
/// channels, of |sum q1 - sum q0 - interval (sum f0 + sum f1)/2| / sum |q1|. For the surface elevation the total is
/// the displaced volume, and the tendency carries what left through open boundaries.
double invariants_estimate(std::span<const double> q0, std::span<const double> q1, std::span<const double> f0,
                           std::span<const double> f1, double interval, std::span<const int> conserved,
                           std::int64_t cells);

/// How far the state leaves the training envelope: the largest excess of a channel's extrema over the range of the
/// training data, as a share of that range; 0 inside.
double domain_distance(std::span<const double> state, std::span<const ChannelStatistics> channels, std::int64_t cells);

}  // namespace marea::hybrid
