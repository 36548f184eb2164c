// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <marea/solvers/runtime.hpp>

#include "speed_up.hpp"

namespace marea::detail {

const char* to_string(Method::Kind kind) {
  switch (kind) {
    case Method::Kind::surrogate: return "surrogate";
    case Method::Kind::baseline: return "baseline";
    case Method::Kind::solver: return "solver";
  }
  return "";
}

namespace {

/// What a configuration sets: every knob that has a reference value or is on or off, the others where they are turned.
void add_settings(const SolverConfiguration& configuration, const SolverEntry& solver, OptionTree& row) {
  for (const auto& knob : solver.knobs) {
    const auto* setting = configuration.find(knob.option);
    if (!knob.flag.empty())
      row[knob.flag] = setting != nullptr;
    else if (setting)
      row[report_key(knob)] = setting->value;
  }
}

OptionTree row(const Method& m, const ModelInfo& info, const SolverEntry& solver, std::size_t headline) {
  OptionTree t;
  t["kind"] = to_string(m.kind);
  t["label"] = m.label;
  if (m.configuration) {
    t["grid"] = m.configuration->grid_label();
    add_settings(*m.configuration, solver, t);
    t["made_the_data"] = m.configuration->is_data;
  }
  const auto calls = m.timing.calls();
  t["seconds"] = m.timing.median_seconds();
  t["seconds_minimum"] = *std::min_element(calls.begin(), calls.end());
  t["seconds_maximum"] = *std::max_element(calls.begin(), calls.end());
  t["timed_calls"] = static_cast<std::int64_t>(calls.size());
  t["threads"] = m.timing.threads;
  for (const auto& trial : m.timing.sweep)
    t["seconds_by_threads"][std::to_string(trial.threads)] = median(trial.seconds);
  t["error"] = m.score.mean_error(headline);
  const auto& fields = m.score.fields();
  for (std::size_t f = 0; f < fields.size(); ++f) t["errors"][fields[f].name] = m.score.mean_error(f);
  OptionTree::Array each;
  for (double e : m.score.errors(headline)) each.push_back(e);
  t["error_of_each_run"] = std::move(each);
  t["fields"] = m.score.to_tree();
  for (std::size_t c = 0; c < info.output_channels.size(); ++c)
    if (const auto share = m.violations.share(c)) t["fields"][info.output_channels[c]]["violations"] = *share;
  for (const auto& [key, extra] : m.extras)
    if (!extra->empty()) t[key] = extra->to_tree();
  if (!m.drift.empty()) t["drift"] = m.drift.to_tree();
  return t;
}

/// Solver configurations that were looked at once and measured no further.
OptionTree::Array left_out(const std::vector<Look>& looks, std::size_t headline) {
  OptionTree::Array rows;
  for (const auto& look : looks) {
    if (look.dominated_by.empty()) continue;
    OptionTree t;
    t["label"] = look.configuration.label();
    t["seconds"] = look.seconds;
    t["error"] = look.errors[headline];
    t["dominated_by"] = look.dominated_by;
    rows.push_back(std::move(t));
  }
  return rows;
}

}  // namespace

OptionTree build_report(const EvaluationOptions& options, const ModelInfo& info, const std::vector<HeldOut>& runs,
                        const std::vector<Method>& methods, const Facts& facts) {
  OptionTree t;
  t["schema"] = "marea-report-5";
  t["speed_up"] = speed_up(info, methods);
  const auto fields = output_fields(info);
  const auto headline = static_cast<std::size_t>(
      std::ranges::find(fields, t.at_path("speed_up.field")->as_string(), &OutputField::name) - fields.begin());
  for (std::size_t f = 0; f < facts.errors_on_data.size(); ++f)
    t["errors_on_data"][fields[f].name] = facts.errors_on_data[f];
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
  SolverConfiguration fine = facts.looks.front().configuration;
  for (std::size_t axis : refined_axes(runs.front().solver, fine.extents.size()))
    if (fine.extents[axis] > 1) fine.extents[axis] *= options.refinement;
  for (std::size_t axis = 0; axis < fine.extents.size(); ++axis)
    for (const auto& e : runs.front().solver.cells_elsewhere)
      if (e.cells == cells_key(axis, fine.extents.size())) fine.extents[axis] *= options.refinement;
  reference["grid"] = fine.grid_label();
  const auto& solver = runs.front().solver;
  for (const auto& knob : solver.knobs)
    if (!knob.reference.empty() && applies(knob, runs.front().case_file)) reference[report_key(knob)] = knob.reference;
  const double to_finer = facts.distance_to_finer[headline], to_data = facts.looks.front().errors[headline];
  reference["distance_to_finer"] = to_finer;
  reference["distance_to_data"] = to_data;
  reference["estimated_error"] = reference_error(to_data, to_finer, options.refinement);
  reference["runs"] = static_cast<std::int64_t>(runs.size());
  reference["seen_runs"] = facts.seen_runs;
  reference["files"] = std::move(files);
  reference["times"] = std::move(times);
  if (!facts.drift.empty()) reference["drift"] = facts.drift.to_tree();
  const HostArray mask = error_mask(info, runs.front());
  for (const auto& score : solver.scores)
    if (const auto& extra = extra_entry(score); extra.reference)
      if (auto table = extra.reference(score, runs.front(), info, mask_ref(mask)); !table.as_table().empty())
        reference[extra.key] = std::move(table);
  t["threads"] = Runtime::threads();
  t["device"] = facts.device;
  OptionTree::Array lines, rows;
  for (auto& line : statement(t)) lines.push_back(std::move(line));
  t["headline"] = std::move(lines);
  for (const auto& m : methods) rows.push_back(row(m, info, solver, headline));
  t["methods"] = std::move(rows);
  if (facts.trust.is_table()) t["trust"] = facts.trust;
  t["left_out"] = left_out(facts.looks, headline);
  OptionTree::Array passed_over;
  for (const auto& [label, why] : facts.passed_over) {
    OptionTree baseline;
    baseline["label"] = label;
    baseline["why"] = why;
    passed_over.push_back(std::move(baseline));
  }
  t["baselines_passed_over"] = std::move(passed_over);
  return t;
}

}  // namespace marea::detail
