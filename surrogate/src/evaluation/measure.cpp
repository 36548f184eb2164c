// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <utility>

#include <marea/io/error.hpp>
#include <marea/solvers/runtime.hpp>

#include "method.hpp"

namespace marea::detail {
namespace {

constexpr double long_enough = 1.0;    // seconds on one method, run and thread count, after which it is not repeated
constexpr std::size_t shown_runs = 3;  // whose fields go into the figures

/// What is needed to judge the forecasts of one run.
struct Judge {
  const HeldOut& run;
  const ModelInfo& info;
  ArrayRef mask;
  std::vector<HostArray> fronts;
  std::optional<StateTotals>& state;
  bool show;

  void operator()(Method& method, Forecast forecast) const {
    method.score.add(forecast.values.ref(), run.reference.ref(), mask, fronts);
    method.violations.add(forecast.values, run, info, mask);
    for (auto& [key, extra] : method.extras) extra->add(forecast.values, run, info, mask);
    if (state) method.drift.add(forecast.totals.empty() ? state->of(run, forecast.values) : forecast.totals);
    if (show) method.shown.push_back(std::move(forecast.values));
  }
};

/// The cells of the solver's fronts, from the first of its scores that knows them.
std::vector<HostArray> front_cells_of(const HeldOut& run, const ModelInfo& info, const ArrayRef& mask) {
  for (const auto& score : run.solver.scores)
    if (const auto& extra = extra_entry(score); extra.front_cells) return extra.front_cells(score, run, info, mask);
  return {};
}

void give_extras(Method& method, const SolverEntry& solver) {
  for (const auto& score : solver.scores)
    if (const auto& extra = extra_entry(score); extra.make) method.extras.emplace_back(extra.key, extra.make(score));
}

Forecast timed(const Method& method, const HeldOut& run, int threads) {
  const UseThreads use(threads);
  return method.forecast(run);
}

double sum(const std::vector<double>& values) {
  double total = 0;
  for (double v : values) total += v;
  return total;
}

/// The first run: rounds over methods and thread counts.
void sweep_threads(std::vector<Method>& methods, const Judge& judge, int rounds, Stages& stages) {
  const auto counts = thread_counts(Runtime::threads());
  for (auto& method : methods) {
    for (int threads : counts) method.timing.sweep.push_back({threads, {}});
    if (method.kind == Method::Kind::solver) continue;
    for (int threads : counts) timed(method, judge.run, threads);  // the first call makes a network's scratch
  }
  for (int round = 0; round < rounds; ++round)
    for (auto& method : methods) {
      stages.at(static_cast<double>(round) / rounds, method.label);
      for (auto& trial : method.timing.sweep) {
        if (sum(trial.seconds) > long_enough) continue;
        Forecast forecast = timed(method, judge.run, trial.threads);
        trial.seconds.push_back(forecast.seconds);
        if (round == 0 && &trial == &method.timing.sweep.front()) judge(method, std::move(forecast));
      }
    }
  for (auto& method : methods) method.timing.choose();
}

void time_rounds(std::vector<Method>& methods, const Judge& judge, int rounds, Stages& stages) {
  for (auto& method : methods) method.timing.seconds.emplace_back();
  for (int round = 0; round < rounds; ++round)
    for (auto& method : methods) {
      auto& seconds = method.timing.seconds.back();
      if (sum(seconds) > long_enough) continue;
      stages.at(static_cast<double>(round) / rounds, method.label);
      Forecast forecast = timed(method, judge.run, method.timing.threads);
      seconds.push_back(forecast.seconds);
      if (round == 0) judge(method, std::move(forecast));
    }
}

}  // namespace

Drift measure(std::vector<Method>& methods, const std::vector<HeldOut>& runs, const ModelInfo& info, int rounds,
              const EvaluationHooks& hooks, Stages& stages) {
  Drift drift;
  for (auto& method : methods) give_extras(method, runs.front().solver);
  for (std::size_t r = 0; r < runs.size(); ++r) {
    stages.begin("run " + std::to_string(r + 1) + " of " + std::to_string(runs.size()));
    const HostArray mask = error_mask(info, runs[r]);
    auto state = StateTotals::make(runs[r], info);
    const Judge judge{runs[r], info, mask_ref(mask), front_cells_of(runs[r], info, mask_ref(mask)), state,
                      r < shown_runs};
    if (state) drift.add(state->of(runs[r], runs[r].reference));
    if (r == 0)
      sweep_threads(methods, judge, rounds, stages);
    else
      time_rounds(methods, judge, rounds, stages);
    stages.end();
    if (hooks.stop && hooks.stop())
      fail<Stopped>("evaluate", "stopped after run ", r + 1, " of ", runs.size(), "; the same command measures again, ",
                    "the reference runs are kept");
  }
  return drift;
}

}  // namespace marea::detail
