// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <string>
#include <vector>

#include <mpi.h>

#include <marea/io/options.hpp>
#include <marea/solvers/any_solver.hpp>

namespace marea {

/// A built-in state or bed: one value of `profile` in its table of a case file, and what else stands there.
struct ProfileEntry {
  std::string name, table;  ///< "gaussian_hump" of "initial", "rough" of "solver.bathymetry"
  std::vector<OptionRow> options;
};

/// An option that trades cost for error, and the values of it that compete: what an evaluation varies beside the grid.
struct KnobEntry {
  std::string option;                    ///< key in `[solver]`: "order", "precision", "cfl", "bathymetry.regrid"
  std::vector<std::string> values;       ///< TOML values: "1", "\"single\""; the case's own competes too
};

/// One built-in solver: what `marea list solvers` shows and how a case file makes one.
struct SolverEntry {
  std::string name, summary;
  std::function<AnySolver(const OptionTree& case_file, MPI_Comm comm)> make;
  std::function<std::vector<OptionRow>()> options;
  std::function<std::vector<ProfileEntry>()> profiles;
  std::function<std::vector<FieldInfo>()> fields;  ///< all that `[output]` may name
  std::vector<std::string> boundaries{};           ///< kinds of boundary besides those of every solver
  std::vector<std::string> refinable{"nx", "ny", "nz"};  ///< options of `[grid]` that a finer run multiplies
  std::vector<KnobEntry> knobs{};
  std::vector<std::string> scores{};               ///< extra scores of the report: "arrival_times", "fronts", "gauges"
};

/// The one explicit table of solvers.
const std::vector<SolverEntry>& solver_registry();

/// One table of a case file that no solver owns: what `marea list tables` shows.
struct TableEntry {
  std::string name, summary;
  std::vector<OptionRow> options;
};

/// grid, output, run, ensemble.
std::vector<TableEntry> simulation_tables();

/// The solver that the tables `grid`, `solver`, `initial` of a case file describe. Collective.
/// Throws ConfigError for an unknown name (listing the known ones), key or value.
AnySolver make_solver(const OptionTree& case_file, MPI_Comm comm);

}  // namespace marea
