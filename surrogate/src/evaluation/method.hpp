// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conserved.hpp"
#include "extra/extra_score.hpp"
#include "forecast.hpp"
#include "score.hpp"
#include "solver_candidate.hpp"
#include "stages.hpp"
#include "timing.hpp"
#include "violations.hpp"

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
  std::vector<std::pair<std::string, std::unique_ptr<ExtraScore>>> extras{};  ///< key in report.json, score
  Drift drift;
  Violations violations;
  std::vector<HostArray> shown;  ///< forecasts of the first runs, for figures
};

/// The trainings of the surrogate first, then the baselines; all must outlive the methods.
std::vector<Method> learned_methods(const std::vector<Surrogate>& trainings, const std::vector<Surrogate>& baselines,
                                    std::size_t leads);
Method solver_method(const SolverConfiguration& configuration, const ModelInfo& info, std::size_t leads);

/// Every method on every run, `rounds` times in turn, so that a drifting machine touches all alike; on the first run
/// with every thread count, then with the one that suits the method best.
/// \return  drift of the reference
Drift measure(std::vector<Method>& methods, const std::vector<HeldOut>& runs, const ModelInfo& info, int rounds,
              const EvaluationHooks& hooks, Stages& stages);

}  // namespace marea::detail
