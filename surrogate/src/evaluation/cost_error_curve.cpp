// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/evaluation/cost_error_curve.hpp>

#include <algorithm>
#include <cmath>

#include <marea/io/error.hpp>

namespace marea {
namespace {

/// True when `p` lies below the straight line from `a` to `b` in the plane of log cost and log error.
bool below(const CostErrorPoint& p, const CostErrorPoint& a, const CostErrorPoint& b) {
  const double share = std::log(p.cost / a.cost) / std::log(b.cost / a.cost);
  return std::log(p.error / a.error) < share * std::log(b.error / a.error);
}

}  // namespace

CostErrorCurve::CostErrorCurve(std::vector<CostErrorPoint> points) {
  if (points.empty())
    fail<ConfigError>("cost_error_curve", "no solver configuration was measured; at least one is needed");
  for (const auto& p : points)
    if (!(p.cost > 0 && p.error > 0 && std::isfinite(p.cost) && std::isfinite(p.error)))
      fail<ConfigError>("cost_error_curve", "'", p.label, "' has cost ", p.cost, " s and error ", p.error,
                        "; both must be positive and finite");
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) {
    return a.cost != b.cost ? a.cost < b.cost : a.error < b.error;
  });
  for (auto& p : points) {
    if (!envelope_.empty() && p.error >= envelope_.back().error) continue;
    while (envelope_.size() > 1 && !below(envelope_.back(), envelope_[envelope_.size() - 2], p)) envelope_.pop_back();
    envelope_.push_back(std::move(p));
  }
}

EquivalentCost CostErrorCurve::cost_at(double error) const {
  const auto good = std::find_if(envelope_.begin(), envelope_.end(), [&](const auto& p) { return p.error <= error; });
  if (good == envelope_.end())
    return {EquivalentCost::Kind::lower_bound, envelope_.back().cost, envelope_.back().label, envelope_.back().error};
  if (good == envelope_.begin()) return {EquivalentCost::Kind::upper_bound, good->cost, good->label, good->error};
  const auto& cheap = *(good - 1);
  const double share = std::log(cheap.error / error) / std::log(cheap.error / good->error);
  return {EquivalentCost::Kind::interpolated, cheap.cost * std::pow(good->cost / cheap.cost, share), good->label,
          good->error, cheap.label};
}

}  // namespace marea
