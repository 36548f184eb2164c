// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "screen.hpp"

#include <algorithm>
#include <cmath>

#include <marea/io/error.hpp>

namespace marea::detail {
namespace {

constexpr double cheaper = 1.25;        // so much noise of the clock keeps a configuration in the comparison
constexpr double quick = 0.02;          // seconds below which the least of three calls counts
constexpr double same_error = 1 + 1e-3; // single and double precision differ by less

/// Mean headline error over all runs.
double mean_error(const std::function<Forecast(const HeldOut&)>& forecast, const std::vector<HeldOut>& runs,
                  const ModelInfo& info) {
  double sum = 0;
  for (const auto& run : runs) {
    const HostArray mask = error_mask(info, run);
    sum += headline_error(forecast(run).values.ref(), run.reference.ref(), mask_ref(mask), headline_channels(info));
  }
  return sum / static_cast<double>(runs.size());
}

}  // namespace

void mark_dominated(std::vector<Look>& looks) {
  for (auto& look : looks) {
    if (look.configuration.is_data) continue;
    const auto better = std::find_if(looks.begin(), looks.end(), [&](const Look& other) {
      return other.seconds * cheaper <= look.seconds && other.error <= look.error * same_error;
    });
    if (better != looks.end() && std::isfinite(look.error)) look.dominated_by = better->configuration.label();
  }
}

std::vector<Look> screen_solvers(const Method& surrogate, const std::vector<HeldOut>& runs, const ModelInfo& info,
                                 const std::vector<double>& multiples, bool made_data, Stages& stages,
                                 const EvaluationHooks& hooks) {
  stages.begin("first look");
  const auto& first = runs.front();
  const HostArray mask = error_mask(info, first);
  std::vector<Look> looks;
  const auto look_at = [&](const std::vector<SolverConfiguration>& configurations) {
    for (const auto& configuration : configurations) {
      const auto known = [&](const Look& look) {
        auto same = look.configuration;
        same.is_data = false;
        return same == configuration;
      };
      if (std::find_if(looks.begin(), looks.end(), known) != looks.end()) continue;
      if (hooks.stop && hooks.stop()) fail<Stopped>("evaluate", "stopped; the reference runs are kept");
      stages.at(0, configuration.label());
      const UseThreads one(1);
      Forecast forecast = run_solver(configuration, first, info);
      for (int again = 0; again < 2 && forecast.seconds < quick; ++again)
        forecast.seconds = std::min(forecast.seconds, run_solver(configuration, first, info).seconds);
      looks.push_back({configuration, forecast.seconds,
                       headline_error(forecast.values.ref(), first.reference.ref(), mask_ref(mask),
                                      headline_channels(info)), ""});
    }
  };
  const auto& solver = first.solver;
  look_at(data_configurations(solver, first.case_file, info));
  looks.front().configuration.is_data = made_data;
  auto grids = competing_grids(
      solver, info, multiples_up_to(solver, looks.front().configuration.extents, info, multiples));
  for (const auto& grid : grids) look_at(configurations_on(solver, grid, first.case_file));

  const double error = mean_error(surrogate.forecast, runs, info);
  const auto bracketed = [&] {
    const auto worst = std::max_element(looks.begin(), looks.end(),
                                        [](const Look& a, const Look& b) { return a.error < b.error; });
    const auto again = [&](const HeldOut& run) { return run_solver(worst->configuration, run, info); };
    return !std::isfinite(worst->error) || mean_error(again, runs, info) > error;
  };
  double multiple = *std::min_element(multiples.begin(), multiples.end());
  while (std::isfinite(error) && !bracketed()) {
    multiple /= 2;
    const auto coarser = competing_grids(solver, info, {multiple}).front();
    if (std::find(grids.begin(), grids.end(), coarser) != grids.end()) break;  // as coarse as a grid may be
    grids.push_back(coarser);
    look_at(configurations_on(solver, coarser, first.case_file));
  }
  mark_dominated(looks);
  stages.end();
  return looks;
}

}  // namespace marea::detail
