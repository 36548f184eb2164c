// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>

#include <marea/solvers/numerics/multigrid/conductances.hpp>

// From a grid to the next coarser one: cells merged in pairs along the axes where they are coupled most, the last one
// alone where their number is odd.
namespace marea::multigrid {

/// Which cells of a fine grid make a cell of the coarse one, per axis (k, j, i).
struct Merging {
  int factor[3] = {1, 1, 1};             ///< 2 along an axis whose cells are merged
  std::int64_t fine[3] = {}, coarse[3] = {};  ///< cells of the whole grids
  bool periodic[3] = {};
  Cells of_fine, of_coarse;

  /// Array index of the first fine cell of a coarse one; beyond the last one, of the cell beyond the last fine one.
  KOKKOS_FORCEINLINE_FUNCTION int first(int axis, int coarse_index) const {
    const std::int64_t begin = factor[axis] * number(axis, coarse_index);
    return static_cast<int>((begin < fine[axis] ? begin : fine[axis]) - of_fine.offset[axis]) + of_fine.ghost[axis];
  }
  KOKKOS_FORCEINLINE_FUNCTION std::int64_t fine_number(int axis, int index) const {
    return of_fine.offset[axis] + index - of_fine.ghost[axis];
  }
  KOKKOS_FORCEINLINE_FUNCTION std::int64_t number(int axis, int index) const {
    return of_coarse.offset[axis] + index - of_coarse.ghost[axis];
  }
  /// Array index of the coarse cell that a fine one, of the interior, is part of.
  KOKKOS_FORCEINLINE_FUNCTION int parent(int axis, int index) const {
    const std::int64_t number = fine_number(axis, index);
    const std::int64_t own = factor[axis] == 2 ? number / 2 : number;
    return static_cast<int>(own - of_coarse.offset[axis]) + of_coarse.ghost[axis];
  }
  /// Fine cells of a coarse one, by its number on the whole grid; of one beyond a periodic end, those of its image; of
  /// one beyond another end, none.
  KOKKOS_FORCEINLINE_FUNCTION int children(int axis, std::int64_t coarse_number) const {
    std::int64_t n = coarse_number;
    if (n < 0 || n >= coarse[axis]) {
      if (!periodic[axis]) return 0;
      n += n < 0 ? coarse[axis] : -coarse[axis];
    }
    return factor[axis] == 2 && 2 * n + 1 < fine[axis] ? 2 : 1;
  }
};

/// The axes worth merging: those whose faces conduct at least `share` of what the best axis does in the mean of all
/// faces,
/// where more than one cell stands; per axis (k, j, i). None: the grid has one cell. Collective.
template <class Real>
std::array<bool, 3> axes_to_merge(const Grid& grid, const Conductances<Real>& of, double share);

/// The grid with cells merged along these axes. A coarse cell belongs to the rank of its first fine one.
Grid coarse_grid(const Grid& fine, const std::array<bool, 3>& merge);
Merging merging_of(const Grid& fine, const Grid& coarse, const std::array<bool, 3>& merge);

/// Conductances between the middles of coarse cells: of every row of fine cells across a coarse face the resistances in
/// series, half of that inside either coarse cell and that of the fine face; rows in parallel, each as the coarse cell
/// shares
/// in it by the weights. Ghosts of `fine` are filled. Collective.
template <class Real>
Conductances<Real> coarse_conductances(const Merging& merging, const Conductances<Real>& fine,
                                       const StateView<Real>& weights, const Grid& coarse);

/// Where between the middles of its coarse cell and of the next one a fine cell's middle lies, by resistance, per axis
/// as
/// `faces`: 1 / 4 where all is uniform. Towards the high end for the last cell of a pair, the low end for the first.
/// Ghosts filled. Collective.
template <class Real>
StateView<Real> interpolation_weights(const Merging& merging, const Conductances<Real>& fine, const Grid& grid);

/// Adds to the fine cells what the coarse ones have, by the products over the axes of weights (bilinear, trilinear);
/// ghosts of `coarse` are filled.
template <class Real>
void prolong_and_add(const Merging& merging, const Grid& fine_grid, const StateView<Real>& weights,
                     const StateView<Real>& coarse, const StateView<Real>& fine);

/// The transposed of it: coarse = P^T fine; ghosts of `fine` are filled.
template <class Real>
void restrict_to(const Merging& merging, const Grid& coarse_grid, const StateView<Real>& weights,
                 const StateView<Real>& fine, const StateView<Real>& coarse);

}  // namespace marea::multigrid
