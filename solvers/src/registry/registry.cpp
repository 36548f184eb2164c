// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/registry.hpp>

#include <optional>

#include <marea/io/collective.hpp>
#include <marea/io/unknown_name.hpp>
#include <marea/solvers/ensemble.hpp>
#include <marea/solvers/grid/grid_options.hpp>
#include <marea/solvers/parts/file_options.hpp>
#include <marea/solvers/simulation_options.hpp>

#include "entries.hpp"

namespace marea {

const std::vector<SolverEntry>& solver_registry() {
  static const std::vector<SolverEntry> entries{advection_entry(), burgers_entry(), darcy_entry(),
                                                heat_conduction_entry(), reaction_diffusion_entry(),
                                                shallow_water_entry()};
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
          {"file", "a field from a file: [initial] or a static field as solver.bathymetry", describe_options<FileOptions>()},
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
