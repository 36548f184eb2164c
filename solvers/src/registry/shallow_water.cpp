// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water.hpp>

#include <marea/solvers/solver_entry.hpp>

#include "entries.hpp"

namespace marea {

SolverEntry shallow_water_entry() {
  SolverEntry entry =
      make_solver_entry<shallow_water::Family>("shallow-water equations over any bed, wet and dry, second order");
  entry.knobs = {{.option = "order", .values = {2, 1}, .reference = 2, .on_data_grid = false},
                 entry.knobs.front(),
                 {"cfl", {1.0}},
                 {.option = "bathymetry.regrid", .values = {"linear"}, .needs = "bathymetry.file", .flag = "point_bed"}};
  entry.scores = {{"arrival_times", {{"field", "arrival_time"}}},
                  {"fronts", {{"depth", "h"}, {"surface", "eta"}, {"bed", "bathymetry"}}},
                  entry.scores.front()};
  return entry;
}

}  // namespace marea
