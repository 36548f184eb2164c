// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/guard.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace marea::hybrid {
namespace {

/// error / size, 0 for 0 / 0 and infinite where only the size is 0 or something is not finite.
double relative(double error, double size) {
  if (error == 0) return 0;
  const double ratio = error / size;
  return std::isfinite(ratio) ? ratio : std::numeric_limits<double>::infinity();
}

}  // namespace

double StateNorm::of(std::span<const double> state) const {
  double sum = 0;
  for (std::size_t c = 0; c < scales_.size(); ++c) {
    double part = 0;
    for (auto value : state.subspan(c * static_cast<std::size_t>(cells_), static_cast<std::size_t>(cells_)))
      part += value * value;
    sum += part / (scales_[c] * scales_[c]);
  }
  return std::sqrt(sum);
}

double StateNorm::of_difference(std::span<const double> a, std::span<const double> b) const {
  Channels difference(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) difference[i] = a[i] - b[i];
  return of(difference);
}

Channels hermite_middle(std::span<const double> q0, std::span<const double> q1, std::span<const double> f0,
                        std::span<const double> f1, double interval) {
  Channels middle(q0.size());
  for (std::size_t i = 0; i < q0.size(); ++i) middle[i] = 0.5 * (q0[i] + q1[i]) + 0.125 * interval * (f0[i] - f1[i]);
  return middle;
}

double residual_estimate(const StateNorm& norm, std::span<const double> q0, std::span<const double> q1,
                         std::span<const double> f0, std::span<const double> f1, std::span<const double> f_middle,
                         double interval) {
  Channels r(q0.size());
  for (std::size_t i = 0; i < r.size(); ++i)
    r[i] = 1.5 * (q1[i] - q0[i]) / interval - 0.25 * (f0[i] + f1[i]) - f_middle[i];
  return relative(interval * norm.of(r) / 1.5, norm.of(q1));
}

double invariants_estimate(std::span<const double> q0, std::span<const double> q1, std::span<const double> f0,
                           std::span<const double> f1, double interval, std::span<const int> conserved,
                           std::int64_t cells) {
  double worst = 0;
  for (int channel : conserved) {
    double moved = 0, size = 0;
    const auto first = static_cast<std::size_t>(channel * cells);
    for (std::size_t i = first; i < first + static_cast<std::size_t>(cells); ++i) {
      moved += q1[i] - q0[i] - 0.5 * interval * (f0[i] + f1[i]);
      size += std::abs(q1[i]);
    }
    worst = std::max(worst, relative(std::abs(moved), size));
  }
  return worst;
}

double domain_distance(std::span<const double> state, std::span<const ChannelStatistics> channels, std::int64_t cells) {
  double worst = 0;
  for (std::size_t c = 0; c < channels.size(); ++c) {
    const double low = channels[c].minimum, high = channels[c].maximum;
    double excess = 0;
    for (auto value : state.subspan(c * static_cast<std::size_t>(cells), static_cast<std::size_t>(cells))) {
      if (!std::isfinite(value)) return std::numeric_limits<double>::infinity();
      excess = std::max({excess, low - value, value - high});
    }
    worst = std::max(worst, relative(excess, high - low));
  }
  return worst;
}

}  // namespace marea::hybrid
