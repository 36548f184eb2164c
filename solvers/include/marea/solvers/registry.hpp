// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
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

/// An option that trades cost for error: what an evaluation varies beside the grid.
///
///   {"order", {2, 1}, 2}        runs every order, reference runs have order 2
///   {"cfl", {1.0}}              runs the case's own Courant number and 1
struct KnobEntry {
  std::string option;            ///< key in `[solver]`: "order", "cfl", "bathymetry.regrid"
  OptionTree::Array values;      ///< that compete beside the case's own, the most accurate first
  OptionTree reference{};        ///< value of reference runs; empty: the case's own, which labels then leave out
  std::string needs{};           ///< key in `[solver]` without which the knob turns nothing: "bathymetry.file"
  bool on_data_grid = true;      ///< false: on the grid of the data the case's own value competes alone
  std::string flag{};            ///< name of a knob that is on or off, with one value: "point_bed"
};

/// An option of `[grid]` that follows from one of `[solver]` where that is given: no competitor changes it, and a finer
/// run multiplies another option of `[solver]`.
///
///   {"nz", "layers", "layer_refinement"}
struct CellsElsewhere {
  std::string cells, given_by, refinement;
};

/// An extra score of the report and what this solver calls the things it looks at:
///
///   {"fronts", {{"depth", "h"}, {"surface", "eta"}, {"bed", "bathymetry"}}}
///
/// The evaluation knows "arrival_times" (field), "fronts" (depth, surface, bed) and "gauges" (option).
struct ScoreEntry {
  std::string name;
  std::vector<std::pair<std::string, std::string>> names{};

  /// What stands for `role` in this solver; "" where there is no such thing.
  std::string of(std::string_view role) const;
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
  std::vector<CellsElsewhere> cells_elsewhere{};
  std::vector<KnobEntry> knobs{};
  std::vector<ScoreEntry> scores{};
  std::vector<std::string> observers{};  ///< options of `[solver]` that only watch: a timed run goes without them
};

/// The one explicit table of solvers.
const std::vector<SolverEntry>& solver_registry();

/// The entry that `solver.name` of a case file names. Throws ConfigError for an unknown name, listing the known ones.
const SolverEntry& solver_entry(const OptionTree& case_file);

/// One table of a case file that no solver owns: what `marea list tables` shows.
struct TableEntry {
  std::string name, summary;
  std::vector<OptionRow> options;
};

/// grid, output, file (the keys beside `file` of other tables), run, ensemble.
std::vector<TableEntry> simulation_tables();

/// The solver that the tables `grid`, `solver`, `initial` of a case file describe. Collective.
/// Throws ConfigError for an unknown name (listing the known ones), key or value.
AnySolver make_solver(const OptionTree& case_file, MPI_Comm comm);

}  // namespace marea
