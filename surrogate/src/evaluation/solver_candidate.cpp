// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "solver_candidate.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/io/option_text.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/surrogate/hybrid/field_channels.hpp>

#include "clock.hpp"
#include "resample.hpp"

namespace marea::detail {
namespace {

std::vector<std::int64_t> extents_of(const SolverEntry& solver, const OptionTree& case_file, const ModelInfo& info) {
  std::vector<std::int64_t> extents = info.extents;
  for (std::size_t axis : refined_axes(solver, extents.size())) {
    const std::string key = cells_key(axis, extents.size());
    const auto* n = case_file.at_path("grid." + key);
    if (!n) fail<DataError>("evaluate", "the configuration of a held-out run has no grid.", key);
    extents[axis] = n->as_integer();
  }
  return extents;
}

bool same_value(const OptionTree& a, const OptionTree& b) {
  return a.is_number() && b.is_number() ? a.as_double() == b.as_double() : a == b;
}

/// The case's own value of a knob, or the solver's default; empty where neither is known.
OptionTree own_value(const SolverEntry& solver, const KnobEntry& knob, const OptionTree& case_file) {
  OptionTree own;
  if (const auto* given = case_file.at_path("solver." + knob.option)) {
    own = *given;
  } else {
    for (const auto& row : solver.options())
      if (row.key == knob.option && !row.default_value.empty())
        own = *parse_toml("own = " + row.default_value, solver.name).find("own");
  }
  const auto known = std::ranges::find_if(knob.values, [&](const auto& value) { return same_value(value, own); });
  return known == knob.values.end() ? own : *known;
}

std::string last_part(const std::string& option) { return option.substr(option.rfind('.') + 1); }

Setting setting(const KnobEntry& knob, const OptionTree& value) {
  std::string label = knob.flag;
  std::ranges::replace(label, '_', ' ');
  if (label.empty() && value.is_string()) label = value.as_string();
  if (label.empty() && value.is_number()) label = fmt::format("{} {:g}", last_part(knob.option), value.as_double());
  if (label.empty()) label = last_part(knob.option) + ' ' + value_text(value);
  return {knob.option, value, label};
}

/// What a configuration may set a knob to; nothing stands for the case's own value.
std::vector<std::optional<Setting>> choices(const SolverEntry& solver, const KnobEntry& knob,
                                            const OptionTree& case_file) {
  const OptionTree own = own_value(solver, knob, case_file);
  std::vector<std::optional<Setting>> all;
  if (knob.reference.empty())
    all.emplace_back();
  else if (!own.empty() && std::ranges::find(knob.values, own) == knob.values.end())
    all.push_back(setting(knob, own));
  for (const auto& value : knob.values)
    if (!knob.reference.empty() || value != own) all.push_back(setting(knob, value));
  return all;
}

}  // namespace

std::string cells_key(std::size_t axis, std::size_t axes) {
  constexpr const char* keys[] = {"nx", "ny", "nz"};
  return keys[axes - 1 - axis];
}

std::vector<std::size_t> refined_axes(const SolverEntry& solver, std::size_t axes) {
  std::vector<std::size_t> refined;
  for (std::size_t axis = 0; axis < axes; ++axis)
    if (std::ranges::find(solver.refinable, cells_key(axis, axes)) != solver.refinable.end()) refined.push_back(axis);
  return refined;
}

SolverEntry entry_for(const OptionTree& case_file) {
  SolverEntry entry = solver_entry(case_file);
  std::erase_if(entry.cells_elsewhere, [&](const auto& e) { return !case_file.at_path("solver." + e.given_by); });
  for (const auto& e : entry.cells_elsewhere) std::erase(entry.refinable, e.cells);
  return entry;
}

bool applies(const KnobEntry& knob, const OptionTree& case_file) {
  return knob.needs.empty() || case_file.at_path("solver." + knob.needs);
}

std::string report_key(const KnobEntry& knob) { return knob.flag.empty() ? last_part(knob.option) : knob.flag; }

std::vector<Setting> reference_settings(const SolverEntry& solver, const OptionTree& case_file) {
  std::vector<Setting> settings;
  for (const auto& knob : solver.knobs)
    if (!knob.reference.empty() && applies(knob, case_file)) settings.push_back(setting(knob, knob.reference));
  return settings;
}

std::string SolverConfiguration::grid_label() const {
  std::string text;
  for (auto n = extents.rbegin(); n != extents.rend(); ++n) text += (text.empty() ? "" : " x ") + std::to_string(*n);
  return text;
}

std::string SolverConfiguration::label() const {
  std::string text = grid_label();
  for (const auto& s : settings) text += ", " + s.label;
  return text;
}

const Setting* SolverConfiguration::find(const std::string& option) const {
  const auto at = std::ranges::find(settings, option, &Setting::option);
  return at == settings.end() ? nullptr : &*at;
}

OptionTree SolverConfiguration::apply(const SolverEntry& solver, const OptionTree& case_file) const {
  OptionTree out = case_file;
  std::erase_if(out.as_table(), [](const auto& e) {
    return e.first == "ensemble" || e.first == "output" || e.first == "hybrid" || e.first == "surrogate";
  });
  for (std::size_t axis : refined_axes(solver, extents.size()))
    out["grid"][cells_key(axis, extents.size())] = extents[axis];
  std::erase_if(out["solver"].as_table(), [&](const auto& e) {
    return std::ranges::find(solver.observers, e.first) != solver.observers.end();
  });
  for (const auto& s : settings) out.set_path("solver." + s.option, s.value);
  return out;
}

std::vector<SolverConfiguration> data_configurations(const SolverEntry& solver, const OptionTree& case_file,
                                                     const ModelInfo& info) {
  SolverConfiguration own{.extents = extents_of(solver, case_file, info)};
  for (const auto& knob : solver.knobs)
    if (const OptionTree value = own_value(solver, knob, case_file);
        !knob.reference.empty() && applies(knob, case_file) && !value.empty())
      own.settings.push_back(setting(knob, value));
  const auto competes_here = [&](const SolverConfiguration& other) {
    return other != own && std::ranges::all_of(solver.knobs, [&](const KnobEntry& knob) {
      const auto *mine = own.find(knob.option), *theirs = other.find(knob.option);
      return knob.on_data_grid || (mine && theirs ? *mine == *theirs : mine == theirs);
    });
  };
  std::vector<SolverConfiguration> all{own};
  all.front().is_data = true;
  std::ranges::copy_if(configurations_on(solver, own.extents, case_file), std::back_inserter(all), competes_here);
  return all;
}

std::vector<SolverConfiguration> configurations_on(const SolverEntry& solver, const std::vector<std::int64_t>& extents,
                                                   const OptionTree& case_file) {
  std::vector<SolverConfiguration> all{{.extents = extents}};
  for (const auto& knob : solver.knobs) {
    if (!applies(knob, case_file)) continue;
    std::vector<SolverConfiguration> turned;
    for (const auto& configuration : all)
      for (const auto& choice : choices(solver, knob, case_file)) {
        turned.push_back(configuration);
        if (choice) turned.back().settings.push_back(*choice);
      }
    all = std::move(turned);
  }
  return all;
}

std::vector<std::vector<std::int64_t>> competing_grids(const SolverEntry& solver, const ModelInfo& info,
                                                       const std::vector<double>& multiples) {
  const auto refined = refined_axes(solver, info.extents.size());
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::size_t axis : refined) least = std::min(least, info.extents[axis]);
  const double floor = std::min(1.0, static_cast<double>(least_cells) / static_cast<double>(least));
  std::vector<std::vector<std::int64_t>> grids;
  for (double multiple : multiples) {
    auto extents = info.extents;
    for (std::size_t axis : refined)
      extents[axis] = std::llround(static_cast<double>(extents[axis]) * std::max(multiple, floor));
    if (std::find(grids.begin(), grids.end(), extents) == grids.end()) grids.push_back(std::move(extents));
  }
  return grids;
}

std::vector<double> multiples_up_to(const SolverEntry& solver, const std::vector<std::int64_t>& data,
                                    const ModelInfo& info, std::vector<double> multiples) {
  const auto refined = refined_axes(solver, info.extents.size());
  if (refined.empty()) return multiples;
  const auto axis = refined.front();
  for (std::int64_t n = 2; n * info.extents[axis] < data[axis]; n *= 2) multiples.push_back(static_cast<double>(n));
  return multiples;
}

Forecast run_solver(const SolverConfiguration& configuration, const HeldOut& run, const ModelInfo& info) {
  Forecast forecast;
  forecast.values = HostArray(DType::f64, run.reference.extents());
  AnySolver solver = run.solver.make(configuration.apply(run.solver, run.case_file), MPI_COMM_SELF);
  const hybrid::FieldChannels outputs(info.outputs, solver->grid());
  const auto& block = solver->grid().block;
  const std::vector<std::int64_t> own(block.global.begin(), block.global.begin() + block.rank);

  HostArray wet;
  ArrayRef wet_ref;
  if (const auto mask = mask_name(info); !mask.empty()) {
    wet = HostArray(DType::f64, own);
    solver->read(mask, wet.ref());
    wet_ref = wet.ref();
  }
  try {
    advance_to(*solver, run.start);
    forecast.totals.push_back(solver->invariants());
    for (std::size_t lead = 0; lead < run.times.size(); ++lead) {
      forecast.seconds += Clock().seconds_of([&] { advance_to(*solver, run.times[lead]); });
      const HostArray channels = outputs.read_whole(*solver);
      for (int c = 0; c < outputs.count(); ++c)
        resample(channels.ref()[c], wet_ref, forecast.values.ref()[static_cast<std::int64_t>(lead)][c]);
      forecast.totals.push_back(solver->invariants());
    }
  } catch (const NumericalError&) {  // a configuration that is not stable does not compete
    std::ranges::fill(forecast.values.values<double>(), std::numeric_limits<double>::quiet_NaN());
    forecast.totals.clear();
  }
  return forecast;
}

}  // namespace marea::detail
