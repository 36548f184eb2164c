// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "violations.hpp"

#include <algorithm>
#include <cmath>

namespace marea::detail {
namespace {

constexpr double slack_of_largest = 1e-6;

std::vector<double> values_of(const ArrayRef& array) {
  const HostArray copy(DType::f64, array.extents());
  copy_converting(array, copy.ref());
  return {copy.values<double>().begin(), copy.values<double>().end()};
}

/// The bound at every cell; empty without one.
std::vector<double> bound_values(const std::optional<ChannelBound>& bound, const HeldOut& run, std::size_t cells) {
  if (!bound) return {};
  return bound->channel < 0 ? std::vector<double>(cells, bound->value) : values_of(run.input.ref()[bound->channel]);
}

}  // namespace

void Violations::add(const HostArray& forecast, const HeldOut& run, const ModelInfo& info, const ArrayRef& mask) {
  counts_.resize(info.output_channels.size());
  std::vector<std::optional<ChannelBound>> lower, upper;
  plan_bounds(info, lower, upper);
  for (std::size_t c = 0; c < counts_.size(); ++c) {
    if (!lower[c] && !upper[c]) continue;
    counts_[c].bounded = true;
    for (std::int64_t lead = 0; lead < forecast.extents()[0]; ++lead) {
      const auto values = values_of(forecast.ref()[lead][static_cast<std::int64_t>(c)]);
      const auto low = bound_values(lower[c], run, values.size()), high = bound_values(upper[c], run, values.size());
      const auto inside = mask.data ? values_of(mask) : std::vector<double>(values.size(), 1);
      double largest = 0;
      for (double v : values) largest = std::max(largest, std::abs(v));
      const double slack = slack_of_largest * largest;
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (inside[i] == 0) continue;
        ++counts_[c].cells;
        const bool below = !low.empty() && values[i] < low[i] - slack;
        counts_[c].outside += below || (!high.empty() && values[i] > high[i] + slack);
      }
    }
  }
}

std::optional<double> Violations::share(std::size_t channel) const {
  if (channel >= counts_.size() || !counts_[channel].bounded || counts_[channel].cells == 0) return {};
  return static_cast<double>(counts_[channel].outside) / static_cast<double>(counts_[channel].cells);
}

}  // namespace marea::detail
