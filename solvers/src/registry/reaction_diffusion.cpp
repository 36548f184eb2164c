// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/reaction_diffusion.hpp>

#include <marea/solvers/solver_entry.hpp>

#include "entries.hpp"

namespace marea {

SolverEntry reaction_diffusion_entry() {
  SolverEntry entry = make_solver_entry<reaction_diffusion::Family>(
      "reaction and diffusion in patterns, excitable media and cardiac tissue in one to three dimensions, second "
      "order");
  entry.knobs.push_back({"step_scale", {0.5, 1.0, 2.0, 4.0}, 0.5});
  entry.scores.push_back({"arrival_times", {{"field", "activation_time"}}});
  return entry;
}

}  // namespace marea
