// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <marea/io/options.hpp>

namespace marea {

/// Kinds of boundary that every solver has: periodic, wall, open.
inline std::vector<std::string> boundary_names() { return {"periodic", "wall", "open"}; }

/// The `[grid]` table of a case file: a uniform Cartesian grid of one, two or three dimensions, or members without space.
struct GridOptions {
  std::int64_t nx = 0, ny = 0, nz = 0;              ///< cells; ny = 0: one dimension, nz = 0: at most two
  std::array<double, 2> x{0, 1}, y{0, 1}, z{0, 1};  ///< ends of the domain [length unit of the solver]
  std::array<std::string, 2> boundary_x{"periodic", "periodic"}, boundary_y{"periodic", "periodic"},
      boundary_z{"periodic", "periodic"};           ///< kind at the low and the high end
  std::int64_t members = 0;                         ///< systems without space side by side, instead of nx, ny, nz
  std::vector<int> ranks;                           ///< MPI ranks per axis, storage order ([py, px]); empty: chosen
};
template <class Visitor> void visit(Visitor&& v, GridOptions& o) {
  v("nx", o.nx, {"cells along x, required where the solver has space", "", at_least(0)});
  v("ny", o.ny, {"cells along y, 0 in one dimension", "", at_least(0)});
  v("nz", o.nz, {"cells along z, 0 in one or two dimensions", "", at_least(0)});
  v("x", o.x, {"ends of the domain along x", "solver's length unit"});
  v("y", o.y, {"ends of the domain along y", "solver's length unit"});
  v("z", o.z, {"ends of the domain along z", "solver's length unit"});
  v("boundary_x", o.boundary_x, {"kind at the low and high x end: periodic (both), wall, open, or the solver's own"});
  v("boundary_y", o.boundary_y, {"the same along y"});
  v("boundary_z", o.boundary_z, {"the same along z"});
  v("members", o.members, {"systems side by side, required where the solver has no space", "", at_least(0)});
  v("ranks", o.ranks, {"MPI ranks per axis in storage order, as [py, px]; empty: chosen", "", at_least(1)});
}

}  // namespace marea
