// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "speed_up.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

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

constexpr double round_off = 1e-15;  // a smaller error counts as this: curves are logarithmic

/// Seconds with a value in every round of every run, and the errors of one output field.
Measured measured(const Method& method, const Method& most_repeated, std::size_t field) {
  Measured m{method.label, method.score.errors(field), {}};
  for (double& error : m.errors) error = std::max(error, round_off);
  for (std::size_t run = 0; run < most_repeated.timing.seconds.size(); ++run) {
    m.seconds.emplace_back();
    for (std::size_t round = 0; round < most_repeated.timing.seconds[run].size(); ++round)
      m.seconds.back().push_back(method.timing.at(run, round));
  }
  return m;
}

OptionTree::Array envelope(const std::vector<Method>& methods, std::size_t field) {
  std::vector<CostErrorPoint> points;
  for (const auto& m : methods)
    if (m.kind == Method::Kind::solver && std::isfinite(m.score.mean_error(field)))
      points.push_back({m.label, m.timing.median_seconds(), std::max(m.score.mean_error(field), round_off)});
  const CostErrorCurve curve(std::move(points));
  OptionTree::Array labels;
  for (const auto& p : curve.envelope()) labels.push_back(p.label);
  return labels;
}

/// The trainings of the surrogate, which differ by their seed: those that come first.
std::vector<const Method*> trainings_of(const std::vector<Method>& methods) {
  std::vector<const Method*> trainings;
  for (const auto& m : methods)
    if (m.kind == Method::Kind::surrogate) trainings.push_back(&m);
  return trainings;
}

/// Mean over all trainings.
double surrogate_error(const std::vector<Method>& methods, std::size_t field) {
  double sum = 0;
  const auto trainings = trainings_of(methods);
  for (const Method* training : trainings) sum += training->score.mean_error(field);
  return sum / static_cast<double>(trainings.size());
}

double surrogate_seconds(const std::vector<Method>& methods) {
  std::vector<double> calls;
  for (const Method* training : trainings_of(methods)) {
    const auto own = training->timing.calls();
    calls.insert(calls.end(), own.begin(), own.end());
  }
  return median(std::move(calls));
}

OptionTree row_of(const Method& baseline, std::size_t field) {
  OptionTree t;
  t["label"] = baseline.label;
  t["error"] = baseline.score.mean_error(field);
  t["seconds"] = baseline.timing.median_seconds();
  return t;
}

/// `best_baseline`, that of the least error, and `cheaper_baseline`, the cheapest that costs less than the surrogate
/// and errs no more; each is left out where there is none.
void add_baselines(OptionTree& t, const std::vector<Method>& methods, std::size_t field) {
  const Method *best = nullptr, *cheaper = nullptr;
  const double error = surrogate_error(methods, field), cost = surrogate_seconds(methods);
  for (const auto& m : methods) {
    const double own_error = m.score.mean_error(field), own_cost = m.timing.median_seconds();
    if (m.kind != Method::Kind::baseline || !std::isfinite(own_error)) continue;
    if (!best || own_error < best->score.mean_error(field)) best = &m;
    if (own_cost >= cost || !(own_error <= error)) continue;
    if (!cheaper || own_cost < cheaper->timing.median_seconds()) cheaper = &m;
  }
  if (best) t["best_baseline"] = row_of(*best, field);
  if (cheaper) t["cheaper_baseline"] = row_of(*cheaper, field);
}

/// The surrogate against all solvers and baselines by the errors of one output field.
OptionTree compare_field(const std::vector<Method>& methods, std::size_t field) {
  const auto& surrogate = methods.front();
  OptionTree t;
  t["error"] = surrogate_error(methods, field);
  t["envelope"] = envelope(methods, field);
  add_baselines(t, methods, field);
  if (!std::isfinite(surrogate_error(methods, field))) {
    t["verdict"] = "no_speed_up";
    return t;
  }
  std::vector<Measured> surrogates, solvers;
  for (const Method* training : trainings_of(methods)) surrogates.push_back(measured(*training, surrogate, field));
  for (const auto& m : methods)
    if (m.kind == Method::Kind::solver) solvers.push_back(measured(m, surrogate, field));
  const auto equal = compare_at_equal_error(surrogates, solvers);
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
  t["solver_verdict"] = equal.verdict();
  t["verdict"] = t.find("cheaper_baseline") ? "baseline_pays" : equal.verdict();
  return t;
}

/// Whether a solver configuration errs in a field: where none does, as in one that is zero everywhere, there is nothing
/// to compare.
bool tells(const std::vector<Method>& methods, std::size_t field) {
  return std::ranges::any_of(methods, [&](const Method& m) {
    const double error = m.score.mean_error(field);
    return m.kind == Method::Kind::solver && std::isfinite(error) && error > round_off;
  });
}

/// What the surrogate gains in a field over the best of all: the less, the worse; -1 for a forecast that is not finite.
double gain(const OptionTree& field, double cost) {
  const auto* ratio = field.find("ratio");
  if (!ratio) return -1;
  const auto* baseline = field.find("cheaper_baseline");
  const double over_baseline = baseline ? baseline->find("seconds")->as_double() / cost : ratio->as_double();
  return std::min(over_baseline, ratio->as_double());
}

}  // namespace

OptionTree speed_up(const ModelInfo& info, const std::vector<Method>& methods) {
  const auto& surrogate = methods.front();
  const double cost = surrogate_seconds(methods);
  OptionTree fields;
  std::string worst;
  for (std::size_t f = 0; f < surrogate.score.fields().size(); ++f) {
    const auto& name = surrogate.score.fields()[f].name;
    const bool last_hope = f + 1 == surrogate.score.fields().size() && worst.empty();
    if (!tells(methods, f) && !last_hope) continue;
    fields[name] = compare_field(methods, f);
    if (worst.empty() || gain(*fields.find(name), cost) < gain(*fields.find(worst), cost)) worst = name;
  }
  OptionTree t = *fields.find(worst);
  t["field"] = worst;
  t["surrogate_seconds"] = cost;
  t["trainings"] = std::ssize(trainings_of(methods));
  t["speed_up"] = t.find("verdict")->as_string() == "speed_up";
  const auto* seconds = info.card.find("seconds");
  const double training = seconds ? seconds->as_double() : 0;
  const auto* data = info.card.find("data_seconds");
  t["training_seconds"] = training;
  for (const char* key : {"data_seconds", "data_cpu_seconds"})
    if (const auto* measured = info.card.find(key)) t[key] = *measured;
  const auto* solver = t.find("solver_seconds");
  if (t.find("speed_up")->as_bool() && solver->as_double() > cost && data)
    t["break_even_runs"] = std::ceil((training + data->as_double()) / (solver->as_double() - cost));
  t["fields"] = std::move(fields);
  return t;
}

}  // namespace marea::detail
