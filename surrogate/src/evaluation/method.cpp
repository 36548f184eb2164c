// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "method.hpp"

#include <algorithm>
#include <cmath>

#include <mpi.h>

#include <marea/io/error.hpp>
#include <marea/io/progress.hpp>
#include <marea/surrogate/rollout.hpp>

namespace marea::detail {
namespace {

constexpr double long_enough = 1.0;     // seconds on one method and run, after which it is not repeated
constexpr std::size_t shown_runs = 3;   // whose fields go into the figures

Method surrogate_method(const Surrogate& model, Method::Kind kind) {
  Method m;
  m.kind = kind;
  m.label = model.info().name;
  m.forecast = [&model](const HeldOut& run, const HostArray& out) {
    const HostArray predicted(DType::f32, out.extents());
    const double start = MPI_Wtime();
    if (model.info().task == "map")
      model.predict(run.input.ref(), predicted.ref()[0]);
    else
      rollout(model, run.input.ref(), predicted.ref());
    const double seconds = MPI_Wtime() - start;
    copy_converting(predicted.ref(), out.ref());
    return seconds;
  };
  return m;
}

Method solver_method(const SolverConfiguration& configuration, const ModelInfo& info) {
  Method m;
  m.label = configuration.label();
  m.configuration = configuration;
  m.forecast = [configuration, &info](const HeldOut& run, const HostArray& out) {
    const auto forecast = run_solver(configuration.apply(run.case_file), info, run.times, mask_name(info));
    std::copy(forecast.values.begin(), forecast.values.end(), out.values<double>().begin());
    return forecast.seconds;
  };
  return m;
}

/// Flat index of the cell that holds a gauge.
std::int64_t cell_of(const std::vector<double>& position, const ModelInfo& info) {
  std::int64_t index = 0;
  for (std::size_t axis = 0; axis < info.extents.size(); ++axis) {
    const auto& centres = info.centres[axis];
    const double x = position[info.extents.size() - 1 - axis];
    const auto nearest = std::min_element(centres.begin(), centres.end(),
                                          [&](double a, double b) { return std::abs(a - x) < std::abs(b - x); });
    index = index * info.extents[axis] + (nearest - centres.begin());
  }
  return index;
}

void add_gauges(Method& method, const HeldOut& run, const HostArray& forecast, const ModelInfo& info) {
  const auto* gauges = run.case_file.at_path("solver.gauges");
  if (!gauges || info.task != "map") return;
  std::int64_t cells = 1;
  for (auto n : info.extents) cells *= n;
  std::size_t entry = 0;
  for (const auto& [name, value] : gauges->as_table()) {
    std::vector<double> position;
    for (const auto& x : value.as_array()) position.push_back(x.as_double());
    const auto cell = cell_of(position, info);
    for (std::size_t c = 0; c < info.output_channels.size(); ++c, ++entry) {
      if (method.gauges.size() <= entry) method.gauges.push_back({name, info.output_channels[c]});
      const auto at = static_cast<std::size_t>(static_cast<std::int64_t>(c) * cells + cell);
      const double reference = run.reference.values<double>()[at];
      method.gauges[entry].error += std::abs(forecast.values<double>()[at] - reference);
      method.gauges[entry].reference += std::abs(reference);
    }
  }
}

}  // namespace

double Method::median_seconds() const {
  auto sorted = seconds;
  std::sort(sorted.begin(), sorted.end());
  const auto n = sorted.size();
  return n % 2 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
}

std::vector<Method> make_methods(const Surrogate& surrogate, const std::vector<Surrogate>& baselines,
                                 const std::vector<HeldOut>& runs, const std::vector<double>& resolutions) {
  const auto& info = surrogate.info();
  std::vector<Method> methods{surrogate_method(surrogate, Method::Kind::surrogate)};
  for (const auto& baseline : baselines) {
    if (baseline.info().input_channels != info.input_channels || baseline.info().output_channels != info.output_channels ||
        baseline.info().extents != info.extents)
      fail<ConfigError>("evaluate", "the baseline ", baseline.info().name, " has other inputs, outputs or another grid than the model");
    methods.push_back(surrogate_method(baseline, Method::Kind::baseline));
  }
  for (const auto& configuration : solver_configurations(runs.front().case_file, info, resolutions))
    methods.push_back(solver_method(configuration, info));
  // The headline is the error of the first output field, all its components together.
  const std::size_t headline = info.outputs.front().rank == 0 ? 1 : info.extents.size();
  for (auto& m : methods) {
    m.score = Score(info.output_channels, static_cast<std::int64_t>(runs.front().times.size()));
    m.score.set_headline_channels(headline);
  }
  return methods;
}

void measure(std::vector<Method>& methods, const std::vector<HeldOut>& runs, const ModelInfo& info, int rounds,
             const EvaluationHooks& hooks) {
  Progress progress("evaluate", static_cast<double>(runs.size()), "runs");
  const HostArray mask = error_mask(info, runs.front());
  const ArrayRef mask_ref = mask.size() > 0 ? mask.ref() : ArrayRef{};
  for (auto& method : methods)  // warm up what is learned: the first call makes its scratch
    if (method.kind != Method::Kind::solver)
      method.forecast(runs.front(), HostArray(DType::f64, runs.front().reference.extents()));
  for (std::size_t r = 0; r < runs.size(); ++r) {
    std::vector<double> spent(methods.size(), 0.0);
    for (int round = 0; round < rounds; ++round)
      for (std::size_t m = 0; m < methods.size(); ++m) {
        if (round > 0 && spent[m] > long_enough) continue;
        auto& method = methods[m];
        HostArray forecast(DType::f64, runs[r].reference.extents());
        method.seconds.push_back(method.forecast(runs[r], forecast));
        spent[m] += method.seconds.back();
        if (round > 0) continue;
        method.score.add(forecast.ref(), runs[r].reference.ref(), mask_ref);
        add_gauges(method, runs[r], forecast, info);
        if (r < shown_runs) method.shown.push_back(std::move(forecast));
      }
    progress.update(static_cast<double>(r + 1));
    if (hooks.stop && hooks.stop())
      fail<Stopped>("evaluate", "stopped after run ", r + 1, " of ", runs.size(), "; the same command measures again, ",
                    "the reference runs are kept");
  }
}

}  // namespace marea::detail
