// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/solvers/numerics/multigrid/faces.hpp>

namespace marea::multigrid {

/// What flows out of a cell through the ends of the domain that it touches.
template <class Real> struct Outflow {
  StateView<Real> u;
  StateView<double> faces;
  Surroundings outside;
  Cells cells;
  Kokkos::Array<Kokkos::Array<bool, 2>, 3> ends;
  int dimensions;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    const int at[3] = {k, j, i};
    const double here = u(0, k, j, i);
    double sum = 0;
    for (int axis = 3 - dimensions; axis < 3; ++axis) {
      const int v = axis - (3 - dimensions);
      if (ends[axis][0] && at[axis] == cells.begin[axis]) sum += faces(v, k, j, i) * (here - outside[axis][0]);
      if (ends[axis][1] && at[axis] + 1 == cells.end[axis])
        sum += faces(v, k + (axis == 0), j + (axis == 1), i + (axis == 2)) * (here - outside[axis][1]);
    }
    return sum;
  }
};

/// The outflow of `u` on a grid whose ends are coupled to what is held at `outside`.
template <class Real>
Outflow<Real> outflow(const Grid& grid, const StateView<Real>& u, const StateView<double>& faces,
                      const Surroundings& outside) {
  Kokkos::Array<Kokkos::Array<bool, 2>, 3> ends{};
  for (int axis = 0; axis < 3; ++axis)
    for (int side = 0; side < 2; ++side) ends[axis][side] = grid.at_boundary(axis, side);
  return {u, faces, outside, grid.cells, ends, grid.dimensions};
}

}  // namespace marea::multigrid
