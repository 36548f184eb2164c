// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/solvers/grid/grid.hpp>

// A grid of many ranks whole on each of them.
namespace marea::multigrid {

/// The same cells on this rank alone.
Grid whole_grid(const Grid& grid);

/// Every cell of all ranks on every rank, with the bits that it has there; of the ghosts, those that hold high faces of
/// the domain alone. Collective.
template <class Real>
void gather_whole(const Grid& grid, const StateView<Real>& part, const Grid& whole, const StateView<Real>& all);

/// This rank's cells of what is whole on every rank.
template <class Real>
void take_part(const Grid& grid, const Grid& whole, const StateView<Real>& all, const StateView<Real>& part);

}  // namespace marea::multigrid
