// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/registry.hpp>

#include <optional>

#include <marea/io/collective.hpp>
#include <marea/io/unknown_name.hpp>
#include <marea/solvers/climate/shallow_water.hpp>
#include <marea/solvers/climate/shallow_water/profiles.hpp>
#include <marea/solvers/engineering/advection.hpp>
#include <marea/solvers/ensemble.hpp>
#include <marea/solvers/simulation_options.hpp>

namespace marea {

namespace {

std::vector<ProfileEntry> advection_profiles() {
  std::vector<ProfileEntry> profiles;
  for (const auto& name : advection::profile_names())
    profiles.push_back({name, "initial", describe_options<advection::Initial>()});
  return profiles;
}

std::vector<ProfileEntry> shallow_water_profiles() {
  using namespace shallow_water;
  std::vector<ProfileEntry> profiles;
  for (const auto& name : initial_profile_names()) profiles.push_back({name, "initial", describe_profile(name)});
  for (const auto& name : bed_profile_names()) profiles.push_back({name, "solver.bathymetry", describe_profile(name)});
  return profiles;
}

}  // namespace

const std::vector<SolverEntry>& solver_registry() {
  static const std::vector<SolverEntry> entries{
      {.name = "advection",
       .summary = "linear advection in one to three dimensions, third order",
       .make = make_advection,
       .options = [] { return describe_options<advection::Options>(); },
       .profiles = advection_profiles,
       .fields = advection::fields,
       .knobs = {{"cfl", {1.0}}}},
      {.name = "shallow_water",
       .summary = "shallow-water equations over any bed, wet and dry, second order",
       .make = make_shallow_water,
       .options = [] { return describe_options<shallow_water::Options>(); },
       .profiles = shallow_water_profiles,
       .fields = shallow_water::output_fields,
       .boundaries = shallow_water::own_boundary_names(),
       .knobs = {{.option = "order", .values = {2, 1}, .reference = 2, .on_data_grid = false},
                 {"precision", {"double", "single"}, "double"},
                 {"cfl", {1.0}},
                 {.option = "bathymetry.regrid", .values = {"mean"}, .needs = "bathymetry.file", .flag = "mean_bed"}},
       .scores = {{"arrival_times", {{"field", "arrival_time"}}},
                  {"fronts", {{"depth", "h"}, {"surface", "eta"}, {"bed", "bathymetry"}}},
                  {"gauges", {{"option", "gauges"}}}},
       .observers = {"gauges"}},
  };
  return entries;
}

std::string ScoreEntry::of(std::string_view role) const {
  for (const auto& [name, here] : names)
    if (name == role) return here;
  return "";
}

std::vector<TableEntry> simulation_tables() {
  return {{"grid", "cells, domain and boundaries", describe_options<GridOptions>()},
          {"output", "what a simulation writes", describe_options<OutputOptions>()},
          {"run", "how long it runs", describe_options<RunOptions>()},
          {"ensemble", "many runs with varied values", describe_options<EnsembleOptions>()}};
}

const SolverEntry& solver_entry(const OptionTree& case_file) {
  const OptionTree* solver = case_file.find("solver");
  const OptionTree* name = solver ? solver->find("name") : nullptr;
  if (!name)
    fail<ConfigError>(solver ? solver->where() : "solver", "name is missing; `marea list solvers` shows all");
  std::vector<std::string> names;
  for (const auto& entry : solver_registry()) {
    if (entry.name == name->as_string()) return entry;
    names.push_back(entry.name);
  }
  fail_unknown(name->where(), "solver", name->as_string(), names);
}

AnySolver make_solver(const OptionTree& case_file, MPI_Comm comm) {
  const SolverEntry& entry = solver_entry(case_file);
  std::optional<AnySolver> made;
  run_collectively(comm, [&] { made.emplace(entry.make(case_file, comm)); });
  return std::move(*made);
}

}  // namespace marea
