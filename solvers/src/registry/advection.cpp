// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/advection.hpp>

#include <marea/solvers/solver_entry.hpp>

#include "entries.hpp"

namespace marea {

SolverEntry advection_entry() {
  SolverEntry entry = make_solver_entry<advection::Family>("linear advection in one to three dimensions, third order");
  entry.knobs.push_back({"cfl", {1.0}});
  return entry;
}

}  // namespace marea
