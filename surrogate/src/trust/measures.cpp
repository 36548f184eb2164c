// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "measures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace marea::detail {
namespace {

std::span<const float> channel_of(std::span<const float> in, std::int64_t cells, int channel) {
  return in.subspan(static_cast<std::size_t>(channel * cells), static_cast<std::size_t>(cells));
}

double largest_magnitude(std::span<const float> values) {
  float largest = 0;
  for (const float v : values) largest = std::max(largest, std::abs(v));
  return largest;
}

/// Eight sums side by side, so that the loop is vectorised without reordering what the compiler may not.
double dot(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t lanes = 8;
  std::array<float, lanes> sums{};
  double total = 0;
  std::size_t i = 0;
  for (int block = 0; i + lanes <= a.size(); i += lanes) {
    for (std::size_t l = 0; l < lanes; ++l) sums[l] += a[i + l] * b[i + l];
    if (++block < 256) continue;  // single precision adds up few enough to stay exact to 1e-5
    for (float& sum : sums) total += std::exchange(sum, 0.f);
    block = 0;
  }
  for (const float sum : sums) total += sum;
  for (; i < a.size(); ++i) total += static_cast<double>(a[i]) * b[i];
  return total;
}

constexpr std::size_t per_channel = 4;  // minimum, maximum, rms, its logarithm
constexpr double least_width = 0.05, far_out = 1e6;

double logarithm(double size) { return std::log(std::max<double>(size, std::numeric_limits<float>::min())); }

}  // namespace

std::vector<double> features_of(std::span<const float> in, std::int64_t cells, const std::vector<int>& varying,
                                int amplitude_channel) {
  std::vector<double> features;
  for (const int c : varying) {
    const auto values = channel_of(in, cells, c);
    const auto [low, high] = std::ranges::minmax_element(values);
    const double rms = std::sqrt(dot(values, values) / static_cast<double>(cells));
    features.insert(features.end(), {*low, *high, rms, logarithm(rms)});
  }
  if (amplitude_channel >= 0) {
    const double amplitude = largest_magnitude(channel_of(in, cells, amplitude_channel));
    features.insert(features.end(), {amplitude, logarithm(amplitude)});
  }
  return features;
}

std::vector<float> encoded(std::span<const float> in, std::int64_t cells, const std::vector<int>& varying,
                           const NormaliserPlan& plan) {
  const NormaliserOptions& o = plan.options;
  const bool channel = o.kind == "channel";
  const double amplitude =
      plan.amplitude_channel < 0
          ? 1
          : std::max(amplitude_floor, largest_magnitude(channel_of(in, cells, plan.amplitude_channel)));
  std::vector<float> out;
  out.reserve(varying.size() * static_cast<std::size_t>(cells));
  for (const int c : varying) {
    const auto at = static_cast<std::size_t>(c);
    const double deviation = channel && !o.input_scale.empty() ? o.input_scale[at] : 1;
    const double mean = channel && !o.input_mean.empty() ? o.input_mean[at] : 0;
    const auto factor = static_cast<float>(1 / (deviation * (plan.input_scaled[at] ? amplitude : 1)));
    const auto offset = static_cast<float>(-mean / deviation);
    for (const float v : channel_of(in, cells, c)) out.push_back(v * factor + offset);
  }
  return out;
}

namespace {

/// Range that a feature's own is held against: of a channel's minimum, maximum and rms together, of an amplitude from
/// zero, of a logarithm one.
double scale_of(std::size_t feature, const Ranges& ranges) {
  const std::size_t first = feature / per_channel * per_channel;
  const bool amplitude = first + per_channel > ranges.size();
  if (feature - first == (amplitude ? 1 : per_channel - 1)) return 1;
  if (amplitude) return ranges[feature][1];
  double low = ranges[first][0], high = ranges[first][1];
  for (std::size_t f = first + 1; f < first + per_channel - 1; ++f) {
    low = std::min(low, ranges[f][0]);
    high = std::max(high, ranges[f][1]);
  }
  return high - low;
}

/// Squared distance to the nearest of the rows.
double least_square(std::span<const float> point, std::span<const float> rows) {
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t first = 0; first < rows.size(); first += point.size()) {
    double square = 0;
    for (std::size_t i = 0; i < point.size(); ++i)
      square += (static_cast<double>(point[i]) - rows[first + i]) * (static_cast<double>(point[i]) - rows[first + i]);
    least = std::min(least, square);
  }
  return least;
}

}  // namespace

Excess largest_excess(std::span<const double> features, const Ranges& ranges) {
  Excess worst;
  for (std::size_t f = 0; f < features.size(); ++f) {
    const auto [low, high] = ranges[f];
    const double beyond = std::max({0.0, low - features[f], features[f] - high});
    if (beyond == 0) continue;
    const double width = std::max(high - low, least_width * scale_of(f, ranges));
    const double share = width > 0 ? beyond / width : far_out;
    if (share > worst.share) worst = {share, static_cast<int>(f)};
  }
  return worst;
}

PodDistance pod_distance(std::span<const float> x, std::span<const float> mean, std::span<const float> modes,
                         std::span<const double> scale, std::span<const float> neighbours) {
  std::vector<float> deviation(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) deviation[i] = x[i] - mean[i];
  const double all = dot(deviation, deviation);
  double squares = 0, held = 0;
  std::vector<float> coordinates;
  for (std::size_t m = 0; m < scale.size(); ++m) {
    const double coordinate = dot(modes.subspan(m * x.size(), x.size()), deviation);
    held += coordinate * coordinate;
    squares += coordinate * coordinate / (scale[m] * scale[m]);
    coordinates.push_back(static_cast<float>(coordinate / scale[m]));
  }
  PodDistance distance;
  const auto modes_count = static_cast<double>(scale.size());
  if (!scale.empty()) distance.mahalanobis = std::sqrt(squares / modes_count);
  if (!scale.empty() && !neighbours.empty()) distance.nearest = std::sqrt(least_square(coordinates, neighbours) / modes_count);
  if (all > 0) distance.residual = std::sqrt(std::max(0.0, all - held) / all);
  return distance;
}

}  // namespace marea::detail
