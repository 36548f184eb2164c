// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <utility>
#include <vector>

#include <marea/io/options.hpp>
#include <marea/solvers/grid/boundary.hpp>
#include <marea/solvers/grid/grid.hpp>
#include <marea/solvers/parts/profiles.hpp>

namespace marea {

/// The table of a case file, or an empty one where it has none.
inline const OptionTree& table_of(const OptionTree& case_file, std::string_view key) {
  static const OptionTree none{OptionTree::Table{}};
  const OptionTree* table = case_file.find(key);
  return table ? *table : none;
}

/// The options of a solver from the table `solver`, whose keys `name`, `precision` and `gauges` are everybody's.
template <class Options> Options options_of(const OptionTree& case_file) {
  Options options;
  read_options(options, table_of(case_file, "solver"), "solver", {"name", "precision", "gauges"});
  return options;
}

/// Kinds of boundary that a model adds to those of the grid: its `boundary_names()`, if it has such.
template <class Model> std::vector<std::string> own_boundaries() {
  if constexpr (requires { Model::boundary_names(); }) return Model::boundary_names();
  return {};
}

/// What every set of equations holds: its options, its grid and its table `initial`. Model is the class that derives;
/// it has `ghost` layers of ghost cells and Profiles of `[initial]`, the first of which is the default.
template <class Model, class RealType, class OptionsType> class Equations {
 public:
  using Real = RealType;
  using State = StateView<Real>;
  using Options = OptionsType;

  static std::vector<ProfileEntry> profile_entries() { return Model::Profiles::entries("initial"); }

  /// From the tables `grid`, `solver`, `initial` of a case file. Collective.
  Equations(const OptionTree& case_file, MPI_Comm comm)
      : options_(options_of<Options>(case_file)), initial_(table_of(case_file, "initial")),
        grid_(make_grid(case_file, Model::ghost, comm, own_boundaries<Model>())) {}

  const Grid& grid() const { return grid_; }
  double cfl() const { return options_.cfl; }
  const OptionTree& initial_table() const { return initial_; }
  /// Ghosts beyond the physical boundary: walls turn no variable's sign, and open ends go on.
  void fill_ghosts(const State& q, double) const { fill_boundaries(grid_, q, Reflection{}); }
  /// Resolved options: the tables `grid`, `solver`, `initial`.
  OptionTree options() const {
    OptionTree tree;
    tree["grid"] = write_options(grid_.options);
    tree["solver"] = write_options(options_);
    tree["initial"] = initial_.find("file") ? initial_ : Model::Profiles::resolved(initial_, "initial");
    return tree;
  }

 protected:
  Options options_;
  OptionTree initial_;
  Grid grid_;
};

}  // namespace marea
