// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/solvers/numerics/multigrid/conductances.hpp>

// From conductivities of cells to conductances of faces.
namespace marea::multigrid {

/// How well each end of the domain is coupled to what is held beyond it, per axis (k, j, i), low and high: a transfer
/// coefficient [conductivity / length]; infinite where the end itself is held, 0 where it is insulated.
using Surroundings = Kokkos::Array<Kokkos::Array<double, 2>, 3>;

/// Sets T of every face between cells of half widths and conductivities in series (harmonic mean), and of every end of
/// the
/// domain by its coupling in series with half a cell. Isotropic: `conductivity` has one variable. Its ghosts are
/// filled where another
/// cell lies.
void set_faces(const Grid& grid, const StateView<double>& conductivity, const Surroundings& surroundings,
               const Conductances<double>& to);

/// Adds T (outside - 0) of every end to the sources `f`: what is held beyond it is `outside`.
void add_surroundings(const Grid& grid, const Conductances<double>& of, const Surroundings& outside,
                      const StateView<double>& f);

/// Volume of a cell of this grid, over its used axes.
double cell_volume(const Grid& grid);

}  // namespace marea::multigrid
