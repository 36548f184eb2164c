// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "report.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/solvers/runtime.hpp>
#include <marea/surrogate/cost_error_curve.hpp>

namespace marea::detail {
namespace {

const char* to_string(Method::Kind kind) {
  switch (kind) {
    case Method::Kind::surrogate: return "surrogate";
    case Method::Kind::baseline: return "baseline";
    case Method::Kind::solver: return "solver";
  }
  return "";
}

const char* to_string(EquivalentCost::Kind kind) {
  switch (kind) {
    case EquivalentCost::Kind::interpolated: return "interpolated";
    case EquivalentCost::Kind::upper_bound: return "upper_bound";
    case EquivalentCost::Kind::lower_bound: return "lower_bound";
  }
  return "";
}

std::string duration(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.3g} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.3g} ms", seconds * 1e3);
  if (seconds < 120) return fmt::format("{:.3g} s", seconds);
  return fmt::format("{:.3g} min", seconds / 60);
}

OptionTree row(const Method& m) {
  OptionTree t;
  t["kind"] = to_string(m.kind);
  t["label"] = m.label;
  if (m.configuration) {
    t["grid"] = m.configuration->grid_label();
    t["order"] = m.configuration->order;
    t["precision"] = m.configuration->precision;
    t["made_the_data"] = m.configuration->is_data;
  }
  t["seconds"] = m.median_seconds();
  t["seconds_minimum"] = *std::min_element(m.seconds.begin(), m.seconds.end());
  t["seconds_maximum"] = *std::max_element(m.seconds.begin(), m.seconds.end());
  t["timed_calls"] = static_cast<std::int64_t>(m.seconds.size());
  t["error"] = m.score.headline_mean();
  OptionTree::Array each;
  for (double e : m.score.headline()) each.push_back(e);
  t["error_of_each_run"] = std::move(each);
  t["fields"] = m.score.to_tree();
  for (const auto& g : m.gauges) {
    const double runs = static_cast<double>(m.score.runs());
    t["gauges"][g.gauge][g.channel]["mean_absolute_error"] = g.error / runs;
    t["gauges"][g.gauge][g.channel]["mean_absolute_reference"] = g.reference / runs;
  }
  return t;
}

/// Wall time of the training, and of the solver runs that made its data, estimated from the timed configuration.
void training_cost(const ModelInfo& info, const std::vector<Method>& methods, double& training, double& data) {
  if (const auto* seconds = info.card.find("seconds")) training = seconds->as_double();
  for (const auto& m : methods)
    if (m.configuration && m.configuration->is_data)
      data = m.median_seconds() * static_cast<double>(info.training_files.size());
}

OptionTree speed_up(const ModelInfo& info, const std::vector<Method>& methods) {
  std::vector<CostErrorPoint> points;
  for (const auto& m : methods)
    if (m.kind == Method::Kind::solver) points.push_back({m.label, m.median_seconds(), m.score.headline_mean()});
  const auto& surrogate = methods.front();
  const double error = surrogate.score.headline_mean(), cost = surrogate.median_seconds();
  const CostErrorCurve curve(points);
  const auto equal = curve.cost_at(error);
  const double ratio = equal.cost / cost;

  OptionTree t;
  t["error"] = error;
  t["surrogate_seconds"] = cost;
  t["solver_seconds"] = equal.cost;
  t["solver_label"] = equal.label;
  t["solver_cost_is"] = to_string(equal.kind);
  t["ratio"] = ratio;
  OptionTree::Array envelope;
  for (const auto& p : curve.envelope()) envelope.push_back(p.label);
  t["envelope"] = std::move(envelope);

  double training = 0, data = 0;
  training_cost(info, methods, training, data);
  t["training_seconds"] = training;
  t["data_seconds"] = data;
  const bool faster = ratio > 1;
  t["speed_up"] = faster;
  if (faster) t["break_even_runs"] = std::ceil((training + data) / (equal.cost - cost));
  return t;
}

std::vector<std::string> statement(const OptionTree& speed, const OptionTree& reference) {
  const double error = speed.find("error")->as_double(), ratio = speed.find("ratio")->as_double();
  const double cost = speed.find("surrogate_seconds")->as_double(), solver = speed.find("solver_seconds")->as_double();
  const auto& label = speed.find("solver_label")->as_string();
  const auto& kind = speed.find("solver_cost_is")->as_string();
  std::vector<std::string> lines;
  if (ratio <= 1 && kind == "lower_bound") {
    lines.push_back(fmt::format("No speed-up: even the most accurate solver measured ({}) takes {}, the surrogate {} (error {:.1f} %).",
                                label, duration(solver), duration(cost), 100 * error));
  } else if (ratio <= 1) {
    const std::string which = kind == "interpolated" ? "interpolated up to " + label : label;
    lines.push_back(fmt::format("No speed-up: the solver ({}) has this error ({:.1f} %) in less time, {} against {}.", which,
                                100 * error, duration(solver), duration(cost)));
  } else {
    const char* at_most = kind == "lower_bound" ? "at least " : kind == "upper_bound" ? "at most " : "";
    lines.push_back(fmt::format("Speed-up {}{:.3g} at equal error ({:.1f} %): the surrogate takes {}, the cheapest solver configuration "
                                "of that error {}{} a run.", at_most, ratio, 100 * error, duration(cost), at_most, duration(solver)));
    if (kind == "lower_bound")
      lines.push_back(fmt::format("No solver configuration measured reaches that error; the best is {}.", label));
    lines.push_back(fmt::format(
        "Training cost {} and its data {} of solver time: it pays after {:.0f} runs.",
        duration(speed.find("training_seconds")->as_double()), duration(speed.find("data_seconds")->as_double()),
        speed.find("break_even_runs")->as_double()));
  }
  lines.push_back(fmt::format("Errors against the solver on {} (not the training runs), {} held-out runs, {} threads.",
                              reference.find("grid")->as_string(), reference.find("runs")->as_integer(), Runtime::threads()));
  return lines;
}

}  // namespace

OptionTree build_report(const EvaluationOptions& options, const ModelInfo& info, const std::vector<HeldOut>& runs,
                        const std::vector<Method>& methods) {
  OptionTree t;
  t["schema"] = "marea-report-1";
  auto& model = t["model"];
  model["file"] = options.model;
  model["name"] = info.name;
  model["task"] = info.task;
  model["interval"] = info.interval;
  model["options"] = info.options;
  model["card"] = info.card;
  OptionTree::Array outputs, files, times;
  for (const auto& field : info.outputs) {
    OptionTree f;
    f["name"] = field.name;
    f["units"] = field.units;
    f["long_name"] = field.long_name;
    outputs.push_back(std::move(f));
  }
  model["outputs"] = std::move(outputs);
  for (const auto& run : runs) files.push_back(run.file);
  for (double time : runs.front().times) times.push_back(time);

  auto& reference = t["reference"];
  reference["refinement"] = options.refinement;
  for (const auto& m : methods)
    if (m.configuration && m.configuration->is_data) {
      auto fine = *m.configuration;
      for (auto& n : fine.extents) n *= options.refinement;
      reference["grid"] = fine.grid_label();
    }
  reference["runs"] = static_cast<std::int64_t>(runs.size());
  reference["files"] = std::move(files);
  reference["times"] = std::move(times);
  t["threads"] = Runtime::threads();
  t["speed_up"] = speed_up(info, methods);
  OptionTree::Array lines, rows;
  for (auto& line : statement(t["speed_up"], t["reference"])) lines.push_back(std::move(line));
  t["headline"] = std::move(lines);
  for (const auto& m : methods) rows.push_back(row(m));
  t["methods"] = std::move(rows);
  return t;
}

void write_figure_fields(const std::string& path, const ModelInfo& info, const std::vector<HeldOut>& runs,
                         const std::vector<Method>& methods, const OptionTree& report) {
  hdf5::File file(path, hdf5::Access::create);
  const auto& equal = report.at_path("speed_up.solver_label")->as_string();
  const auto shown = methods.front().shown.size();
  file.write_attribute("channels", info.output_channels);
  for (std::size_t axis = 0; axis < info.centres.size(); ++axis) {
    const char* names[] = {"x", "y", "z"};
    file.write_dataset(names[info.centres.size() - 1 - axis],
                       make_array_ref(info.centres[axis].data(), {static_cast<std::int64_t>(info.centres[axis].size())}));
  }
  file.write_dataset("time", make_array_ref(runs.front().times.data(), {static_cast<std::int64_t>(runs.front().times.size())}));
  const HostArray mask = error_mask(info, runs.front());
  if (mask.size() > 0) file.write_dataset("mask", mask.ref());
  for (std::size_t r = 0; r < shown; ++r) {
    auto group = file.create_group(fmt::format("run_{}", r));
    group.write_attribute("file", runs[r].file);
    group.write_dataset("reference", runs[r].reference.ref());
    for (std::size_t m = 0; m < methods.size(); ++m) {
      const bool wanted = methods[m].kind != Method::Kind::solver || methods[m].label == equal;
      if (!wanted) continue;
      auto dataset = group.write_dataset(fmt::format("method_{}", m), methods[m].shown[r].ref());
      dataset.write_attribute("label", methods[m].label);
      dataset.write_attribute("kind", to_string(methods[m].kind));
    }
  }
  file.close();
}

}  // namespace marea::detail
