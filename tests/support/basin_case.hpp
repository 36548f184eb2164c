// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/io/case_file.hpp>

namespace marea::test {

/// A closed basin with a flat bed and a hump on its water: the smallest tsunami.
struct Basin {
  int nx = 16, ny = 16;                                ///< square cells
  double cell = 62.5, depth = 10;                      ///< [m]
  double x = 500, y = 500, radius = 150, height = 0.5; ///< of the hump [m]
};

/// Its tables [grid], [solver] and [initial].
inline OptionTree basin_case(const Basin& basin = {}) {
  OptionTree file = parse_case_text(R"(
    [grid]
    boundary_x = ["wall", "wall"]
    boundary_y = ["wall", "wall"]
    [solver]
    name = "shallow_water"
    [initial]
    profile = "gaussian_hump"
  )", "basin");
  file.set_path("grid.nx", basin.nx);
  file.set_path("grid.ny", basin.ny);
  file.set_path("grid.x", OptionTree::Array{0.0, basin.nx * basin.cell});
  file.set_path("grid.y", OptionTree::Array{0.0, basin.ny * basin.cell});
  file.set_path("solver.bathymetry", -basin.depth);
  file.set_path("initial.centre", OptionTree::Array{basin.x, basin.y});
  file.set_path("initial.radius", basin.radius);
  file.set_path("initial.height", basin.height);
  return file;
}

}  // namespace marea::test
