// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/burgers.hpp>

#include <marea/solvers/solver_entry.hpp>

#include "entries.hpp"

namespace marea {

SolverEntry burgers_entry() {
  SolverEntry entry =
      make_solver_entry<burgers::Family>("viscous Burgers' equation in one to three dimensions, second order");
  entry.knobs.push_back({"cfl", {1.0}});
  return entry;
}

}  // namespace marea
