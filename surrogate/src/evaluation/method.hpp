// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "conserved.hpp"
#include "forecast.hpp"
#include "gauges.hpp"
#include "score.hpp"
#include "solver_candidate.hpp"
#include "timing.hpp"

namespace marea::detail {

/// A row of the report: the surrogate, a baseline or a solver configuration.
struct Method {
  enum class Kind { surrogate, baseline, solver };
  Kind kind = Kind::solver;
  std::string label;
  std::optional<SolverConfiguration> configuration;  ///< of solvers
  std::function<Forecast(const HeldOut&)> forecast;

  Timing timing;
  Score score;
  GaugeScores gauges;
  Drift drift;
  std::vector<HostArray> shown;  ///< forecasts of the first runs, for figures
};

/// Everything that is compared: the surrogate first, then baselines, then solver configurations.
/// The surrogates must outlive the methods.
std::vector<Method> make_methods(const Surrogate& surrogate, const std::vector<Surrogate>& baselines,
                                 const std::vector<HeldOut>& runs, const std::vector<double>& resolutions);

/// What the reference itself shows.
struct ReferenceFacts {
  Drift drift;
};

/// Every method on every run, `rounds` times in turn, so that a drifting machine touches all alike; on the first run
/// with every thread count, then with the one that suits the method best.
ReferenceFacts measure(std::vector<Method>& methods, const std::vector<HeldOut>& runs, const ModelInfo& info, int rounds,
                       const EvaluationHooks& hooks);

}  // namespace marea::detail
