// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/darcy.hpp>

#include <marea/solvers/solver_entry.hpp>

#include "entries.hpp"

namespace marea {

SolverEntry darcy_entry() {
  SolverEntry entry =
      make_solver_entry<darcy::Family>("steady flow through porous media in one to three dimensions, second order");
  entry.knobs.push_back({"tolerance", {1e-8, 1e-6, 1e-4, 1e-2}, 1e-8});
  return entry;
}

}  // namespace marea
