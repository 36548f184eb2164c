// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/multigrid/faces.hpp>

#include <limits>

namespace marea::multigrid {
namespace detail {

/// T of the low face of a cell.
struct SetFace {
  StateView<double> conductivity, faces;
  Cells cells;
  Kokkos::Array<double, 2> transfer;  ///< 1e308 or more: held
  Kokkos::Array<bool, 2> ends;        ///< where this rank has an end of the domain
  double area;
  int axis, variable, of;  ///< of: variable of the conductivity
  Layering layering;
  KOKKOS_INLINE_FUNCTION double half_width(int k) const {
    return (axis == 0 && !layering.empty() ? layering.thickness(k) : cells.spacing[axis]) / 2;
  }
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    const int at[3] = {k, j, i}, d[3] = {axis == 0, axis == 1, axis == 2};
    const bool low = ends[0] && at[axis] == cells.begin[axis], high = ends[1] && at[axis] == cells.end[axis];
    double resistance = 0;
    if (!low) resistance += half_width(k - d[0]) / conductivity(of, k - d[0], j - d[1], i - d[2]);
    if (!high) resistance += half_width(k) / conductivity(of, k, j, i);
    if (axis == 0 && !layering.empty()) resistance += layering.resistance(k);
    const double coupling = low ? transfer[0] : transfer[1];
    if ((low || high) && !(coupling > 0)) {
      faces(variable, k, j, i) = 0;
      return;
    }
    if (low || high) resistance += 1 / coupling;
    const double share = axis == 0 || layering.empty() ? 1 : layering.thickness(k) / cells.spacing[0];
    faces(variable, k, j, i) = share * area / resistance;
  }
};

/// Adds T times what is held beyond to the cells at one end.
struct AddHeld {
  StateView<double> faces, f;
  double outside;
  int dk, dj, di, variable;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    f(0, k, j, i) += outside * faces(variable, k + dk, j + dj, i + di);
  }
};

}  // namespace detail

double cell_volume(const Grid& grid) {
  double volume = 1;
  for (int a = 3 - grid.dimensions; a < 3; ++a) volume *= grid.cells.spacing[a];
  return volume;
}

void set_faces(const Grid& grid, const StateView<double>& conductivity, const Surroundings& surroundings,
               const Conductances<double>& to, const Layering& layering) {
  for (int axis = 3 - grid.dimensions; axis < 3; ++axis) {
    Box box = interior(grid.cells);
    ++box.end[axis];
    const int variable = axis - (3 - grid.dimensions);
    for_each_cell("multigrid.faces", box,
                  detail::SetFace{conductivity, to.faces, grid.cells, surroundings[axis],
                                  {grid.at_boundary(axis, 0), grid.at_boundary(axis, 1)},
                                  cell_volume(grid) / grid.cells.spacing[axis], axis, variable,
                                  conductivity.extent(0) > 1 ? variable : 0, layering});
  }
}

void add_surroundings(const Grid& grid, const Conductances<double>& of, const Surroundings& outside,
                      const StateView<double>& f) {
  for (int axis = 3 - grid.dimensions; axis < 3; ++axis) {
    for (int side = 0; side < 2; ++side) {
      if (!grid.at_boundary(axis, side) || outside[axis][side] == 0) continue;
      Box box = interior(grid.cells);
      if (side == 0) box.end[axis] = box.begin[axis] + 1;
      else box.begin[axis] = box.end[axis] - 1;
      for_each_cell("multigrid.held", box,
                    detail::AddHeld{of.faces, f, outside[axis][side], side * (axis == 0), side * (axis == 1),
                                    side * (axis == 2), axis - (3 - grid.dimensions)});
    }
  }
}

}  // namespace marea::multigrid
