// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/guard.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <marea/solvers/device_array.hpp>

namespace marea::hybrid {

using field_algebra::combine;

namespace {

/// error / size, 0 for 0 / 0 and infinite where only the size is 0 or something is not finite.
double relative(double error, double size) {
  if (error == 0) return 0;
  const double ratio = error / size;
  return std::isfinite(ratio) ? ratio : std::numeric_limits<double>::infinity();
}

}  // namespace

StateNorm::StateNorm(const std::vector<double>& scales, MPI_Comm comm) : comm_(comm) {
  for (const double scale : scales) weights_.push_back(1 / (scale * scale));
}

double StateNorm::of(const ArrayRef& state) const {
  return std::sqrt(field_algebra::weighted_norm2(state, weights_, comm_));
}

double StateNorm::of_difference(const ArrayRef& a, const ArrayRef& b) const {
  const DeviceArray difference(DType::f64, a.extents());
  combine({{1, a}, {-1, b}}, difference.ref());
  return of(difference.ref());
}

void hermite_middle(const IntervalEnds& ends, const ArrayRef& q_middle) {
  const double eighth = 0.125 * ends.interval;
  combine({{0.5, ends.q0}, {0.5, ends.q1}, {eighth, ends.f0}, {-eighth, ends.f1}}, q_middle);
}

double residual_estimate(const StateNorm& norm, const IntervalEnds& ends, const ArrayRef& f_middle,
                         const ArrayRef& work) {
  const double slope = 1.5 / ends.interval;
  combine({{slope, ends.q1}, {-slope, ends.q0}, {-0.25, ends.f0}, {-0.25, ends.f1}, {-1, f_middle}}, work);
  return relative(ends.interval * norm.of(work) / 1.5, norm.of(ends.q1));
}

double invariants_estimate(const IntervalEnds& ends, std::span<const int> conserved, const ArrayRef& work,
                           MPI_Comm comm) {
  const double half = 0.5 * ends.interval;
  combine({{1, ends.q1}, {-1, ends.q0}, {-half, ends.f0}, {-half, ends.f1}}, work);
  double worst = 0;
  for (const int channel : conserved) {
    const double moved = field_algebra::total(work.slice(0, channel, channel + 1), comm).front();
    const double size = field_algebra::total_magnitude(ends.q1.slice(0, channel, channel + 1), comm).front();
    worst = std::max(worst, relative(std::abs(moved), size));
  }
  return worst;
}

double domain_distance(std::span<const field_algebra::Range> ranges, std::span<const ChannelStatistics> channels) {
  double worst = 0;
  for (std::size_t c = 0; c < channels.size(); ++c) {
    if (!ranges[c].finite) return std::numeric_limits<double>::infinity();
    const double low = channels[c].minimum, high = channels[c].maximum;
    const double excess = std::max({0.0, low - ranges[c].minimum, ranges[c].maximum - high});
    worst = std::max(worst, relative(excess, high - low));
  }
  return worst;
}

}  // namespace marea::hybrid
