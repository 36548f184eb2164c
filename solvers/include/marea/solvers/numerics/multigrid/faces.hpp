// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/solvers/numerics/multigrid/conductances.hpp>

// From conductivities of cells to conductances of faces.
namespace marea::multigrid {

/// How well each end of the domain is coupled to what is held beyond it, per axis (k, j, i), low and high: a transfer
/// coefficient [conductivity / length]; infinite where the end itself is held, 0 where it is insulated.
using Surroundings = Kokkos::Array<Kokkos::Array<double, 2>, 3>;

/// Cells of different thickness along z, and what resists between two of them: arrays over k, ghosts included. Empty where
/// all cells are alike.
struct Layering {
  Kokkos::View<double*, Device::memory_space> thickness;   ///< [length]
  Kokkos::View<double*, Device::memory_space> resistance;  ///< in the low face of a cell [length / conductivity]
  KOKKOS_INLINE_FUNCTION bool empty() const { return thickness.extent(0) == 0; }
};

/// Sets T of every face between cells of half widths and conductivities in series (harmonic mean), and of every end of
/// the domain by its coupling in series with half a cell. `conductivity` has one variable, or one an axis in the order of
/// the faces. Its ghosts are filled where another cell lies.
void set_faces(const Grid& grid, const StateView<double>& conductivity, const Surroundings& surroundings,
               const Conductances<double>& to, const Layering& layering = {});

/// Adds T (outside - 0) of every end to the sources `f`: what is held beyond it is `outside`.
void add_surroundings(const Grid& grid, const Conductances<double>& of, const Surroundings& outside,
                      const StateView<double>& f);

/// Volume of a cell of this grid, over its used axes.
double cell_volume(const Grid& grid);

/// Volume of the cells of row k.
struct CellVolume {
  double volume;  ///< where all cells are alike
  Layering layering;
  double spacing;
  KOKKOS_INLINE_FUNCTION double operator()(int k) const {
    return layering.empty() ? volume : volume * (layering.thickness(k) / spacing);
  }
};
inline CellVolume cell_volume(const Grid& grid, const Layering& layering) {
  return {cell_volume(grid), layering, grid.cells.spacing[0]};
}

}  // namespace marea::multigrid
