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

/// Error of each output field on one run.
std::vector<double> errors_of(const Forecast& forecast, const HeldOut& run, const ModelInfo& info) {
  const HostArray mask = error_mask(info, run);
  std::vector<double> errors;
  for (const auto& field : output_fields(info))
    errors.push_back(field_error(forecast.values.ref(), run.reference.ref(), mask_ref(mask), field));
  return errors;
}

/// Mean over all runs of the error of each output field.
std::vector<double> mean_errors(const std::function<Forecast(const HeldOut&)>& forecast,
                                const std::vector<HeldOut>& runs, const ModelInfo& info) {
  std::vector<double> means(info.outputs.size());
  for (const auto& run : runs) {
    const auto errors = errors_of(forecast(run), run, info);
    for (std::size_t f = 0; f < means.size(); ++f) means[f] += errors[f] / static_cast<double>(runs.size());
  }
  return means;
}

bool all_finite(const std::vector<double>& errors) {
  return std::ranges::all_of(errors, [](double error) { return std::isfinite(error); });
}

bool no_less_accurate(const Look& a, const Look& b) {
  return std::ranges::equal(a.errors, b.errors, [](double x, double y) { return x <= y * same_error; });
}

}  // namespace

void mark_dominated(std::vector<Look>& looks) {
  for (auto& look : looks) {
    if (look.configuration.is_data) continue;
    const auto better = std::find_if(looks.begin(), looks.end(), [&](const Look& other) {
      return other.seconds * cheaper <= look.seconds && no_less_accurate(other, look);
    });
    if (better != looks.end() && all_finite(look.errors)) look.dominated_by = better->configuration.label();
  }
}

std::vector<Look> screen_solvers(const Method& surrogate, const std::vector<HeldOut>& runs, const ModelInfo& info,
                                 const std::vector<double>& multiples, bool made_data, Stages& stages,
                                 const EvaluationHooks& hooks) {
  stages.begin("first look");
  const auto& first = runs.front();
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
      looks.push_back({configuration, forecast.seconds, errors_of(forecast, first, info), ""});
    }
  };
  const auto& solver = first.solver;
  look_at(data_configurations(solver, first.case_file, info));
  looks.front().configuration.is_data = made_data;
  auto grids = competing_grids(
      solver, info, multiples_up_to(solver, looks.front().configuration.extents, info, multiples));
  for (const auto& grid : grids) look_at(configurations_on(solver, grid, first.case_file));

  const auto errors = mean_errors(surrogate.forecast, runs, info);
  const auto bracketed = [&](std::size_t field) {
    const auto worst = std::ranges::max_element(looks, {}, [&](const Look& look) { return look.errors[field]; });
    const auto again = [&](const HeldOut& run) { return run_solver(worst->configuration, run, info); };
    return !std::isfinite(worst->errors[field]) || mean_errors(again, runs, info)[field] > errors[field];
  };
  const auto all_bracketed = [&] {
    for (std::size_t f = 0; f < errors.size(); ++f)
      if (std::isfinite(errors[f]) && !bracketed(f)) return false;
    return true;
  };
  double multiple = *std::min_element(multiples.begin(), multiples.end());
  while (!all_bracketed()) {
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
