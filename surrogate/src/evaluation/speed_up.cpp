// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "speed_up.hpp"

#include <cmath>
#include <optional>

#include "equal_error.hpp"

namespace marea::detail {
namespace {

const char* to_string(EquivalentCost::Kind kind) {
  switch (kind) {
    case EquivalentCost::Kind::interpolated: return "interpolated";
    case EquivalentCost::Kind::upper_bound: return "upper_bound";
    case EquivalentCost::Kind::lower_bound: return "lower_bound";
  }
  return "";
}

/// Seconds with a value in every round of every run.
Measured measured(const Method& method, const Method& most_repeated) {
  Measured m{method.label, method.score.headline(), {}};
  for (std::size_t run = 0; run < most_repeated.timing.seconds.size(); ++run) {
    m.seconds.emplace_back();
    for (std::size_t round = 0; round < most_repeated.timing.seconds[run].size(); ++round)
      m.seconds.back().push_back(method.timing.at(run, round));
  }
  return m;
}

/// Seconds of a solver run as those that made the data; none where that configuration was not timed.
std::optional<double> data_run_seconds(const std::vector<Method>& methods) {
  for (const auto& m : methods)
    if (m.configuration && m.configuration->is_data) return m.timing.median_seconds();
  return std::nullopt;
}

OptionTree::Array envelope(const std::vector<Method>& methods) {
  std::vector<CostErrorPoint> points;
  for (const auto& m : methods)
    if (m.kind == Method::Kind::solver && std::isfinite(m.score.headline_mean()))
      points.push_back({m.label, m.timing.median_seconds(), m.score.headline_mean()});
  const CostErrorCurve curve(std::move(points));
  OptionTree::Array labels;
  for (const auto& p : curve.envelope()) labels.push_back(p.label);
  return labels;
}

}  // namespace

OptionTree speed_up(const ModelInfo& info, const std::vector<Method>& methods, std::int64_t data_runs) {
  const auto& surrogate = methods.front();
  const double cost = surrogate.timing.median_seconds();
  OptionTree t;
  t["error"] = surrogate.score.headline_mean();
  t["surrogate_seconds"] = cost;
  t["envelope"] = envelope(methods);
  const auto* seconds = info.card.find("seconds");
  const double training = seconds ? seconds->as_double() : 0;
  const auto data_run = data_run_seconds(methods);
  t["training_seconds"] = training;
  if (data_run) t["data_seconds"] = *data_run * static_cast<double>(data_runs);
  if (!std::isfinite(surrogate.score.headline_mean())) {
    t["verdict"] = "no_speed_up";
    t["speed_up"] = false;
    return t;
  }
  std::vector<Measured> solvers;
  for (const auto& m : methods)
    if (m.kind == Method::Kind::solver) solvers.push_back(measured(m, surrogate));
  const auto equal = compare_at_equal_error(measured(surrogate, surrogate), solvers);
  t["solver_seconds"] = equal.solver.cost;
  t["solver_label"] = equal.solver.label;
  t["solver_error"] = equal.solver.error;
  if (!equal.solver.cheaper_label.empty()) t["cheaper_solver_label"] = equal.solver.cheaper_label;
  t["solver_cost_is"] = to_string(equal.solver.kind);
  t["ratio"] = equal.ratio;
  t["ratio_low"] = equal.low;
  t["ratio_high"] = equal.high;
  OptionTree::Array rounds;
  for (double ratio : equal.ratios) rounds.push_back(ratio);
  t["ratio_of_each_round"] = std::move(rounds);
  t["verdict"] = equal.verdict();
  t["speed_up"] = equal.verdict() == "speed_up";
  if (equal.verdict() == "speed_up" && equal.solver.cost > cost && data_run)
    t["break_even_runs"] =
        std::ceil((training + *data_run * static_cast<double>(data_runs)) / (equal.solver.cost - cost));
  return t;
}

}  // namespace marea::detail
