// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/heat_conduction.hpp>

#include <marea/solvers/solver_entry.hpp>

#include "entries.hpp"

namespace marea {

SolverEntry heat_conduction_entry() {
  SolverEntry entry = make_solver_entry<heat_conduction::Family>(
      "steady or transient conduction of heat in layered solids in one to three dimensions, second order");
  entry.knobs.push_back({"tolerance", {1e-8, 1e-6, 1e-4, 1e-2}, 1e-8});
  entry.cells_elsewhere = {{"nz", "layers", "layer_refinement"}};
  entry.knobs.push_back({.option = "layer_refinement", .values = {1, 2}, .needs = "layers"});
  return entry;
}

}  // namespace marea
