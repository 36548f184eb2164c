// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "held_out.hpp"
#include "score.hpp"
#include "solver_candidate.hpp"

namespace marea::detail {

/// Forecast and reference of one channel at one gauge, mean of the absolute differences over runs.
struct GaugeScore {
  std::string gauge, channel;
  double error = 0, reference = 0;  ///< sums over runs of |forecast - reference| and |reference|
};

/// A row of the report: the surrogate, a baseline or a solver configuration.
struct Method {
  enum class Kind { surrogate, baseline, solver };
  Kind kind = Kind::solver;
  std::string label;
  std::optional<SolverConfiguration> configuration;                    ///< of solvers
  std::function<double(const HeldOut&, const HostArray&)> forecast;    ///< fills (leads, C_out, …) f64, returns seconds

  Score score;
  std::vector<GaugeScore> gauges;
  std::vector<double> seconds;   ///< every timed call
  std::vector<HostArray> shown;  ///< forecasts of the first runs, for figures

  double median_seconds() const;
};

/// Everything that is compared: the surrogate first, then baselines, then solver configurations.
/// The surrogates must outlive the methods.
std::vector<Method> make_methods(const Surrogate& surrogate, const std::vector<Surrogate>& baselines,
                                 const std::vector<HeldOut>& runs, const std::vector<double>& resolutions);

/// Every method on every run, `rounds` times in turn, so that a drifting machine touches all alike.
void measure(std::vector<Method>& methods, const std::vector<HeldOut>& runs, const ModelInfo& info, int rounds,
             const EvaluationHooks& hooks);

}  // namespace marea::detail
