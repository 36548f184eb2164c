// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <marea/io/grid_info.hpp>
#include <marea/solvers/grid/grid_options.hpp>
#include <marea/solvers/grid/kokkos_compat.hpp>

namespace marea {

/// Cells of one rank for kernels: plain data, axes (k, j, i) = (z, y, x), unused axes with one cell and no ghosts.
///
/// Indices count ghosts: the interior of axis a is [begin[a], end[a]), the whole array [0, end[a] + ghost[a]).
struct Cells {
  int begin[3] = {}, end[3] = {1, 1, 1}, ghost[3] = {};
  std::int64_t offset[3] = {};           ///< global index of the first interior cell
  std::int64_t global[3] = {1, 1, 1};    ///< cells of the whole grid
  double low[3] = {}, spacing[3] = {1, 1, 1};

  KOKKOS_INLINE_FUNCTION int count(int axis) const { return end[axis] - begin[axis]; }
  KOKKOS_INLINE_FUNCTION int extent(int axis) const { return end[axis] + ghost[axis]; }
  /// Cell centre from the global index, so that every decomposition gives the same bits. Ghosts included.
  KOKKOS_INLINE_FUNCTION double centre(int axis, int index) const {
    return low[axis] + (static_cast<double>(offset[axis] + index - ghost[axis]) + 0.5) * spacing[axis];
  }
  KOKKOS_INLINE_FUNCTION double x(int i) const { return centre(2, i); }
  KOKKOS_INLINE_FUNCTION double y(int j) const { return centre(1, j); }
  KOKKOS_INLINE_FUNCTION double z(int k) const { return centre(0, k); }
};

/// Kinds of boundary that the grid knows; `other` is one that the solver adds by name.
enum class BoundaryKind : std::uint8_t { periodic, wall, open, other };

/// The structured grid of one solver: this rank's cells, its neighbours, and what files say of it.
/// Copies share the Cartesian communicator, which the last one frees.
struct Grid {
  Cells cells;
  GridInfo info;                                              ///< used axes only, storage order
  GridOptions options;                                        ///< as given, with the ranks resolved
  int dimensions = 1, rank = 0, size = 1;
  std::array<std::array<BoundaryKind, 2>, 3> boundary{};      ///< per axis (k, j, i), low and high
  std::array<std::array<int, 2>, 3> neighbour{};              ///< rank, own rank (periodic) or MPI_PROC_NULL
  std::shared_ptr<MPI_Comm> comm;                             ///< the same as info.comm

  double dx() const { return cells.spacing[2]; }
  double dy() const { return cells.spacing[1]; }
  /// Whether this rank's cells touch that end of the domain and a boundary condition stands there.
  bool at_boundary(int axis, int side) const { return axis >= 3 - dimensions && neighbour[axis][side] == MPI_PROC_NULL; }
};

/// Builds the grid of `options` with `ghost` layers of ghost cells over the ranks of `comm`. Collective.
///
/// \param other_kinds  names of boundary kinds that the solver adds to periodic, wall and open
/// Throws ConfigError for a bad option, a grid too small for its ghost cells or its ranks: values and remedy named.
Grid make_grid(const GridOptions& options, int ghost, MPI_Comm comm, const std::vector<std::string>& other_kinds = {});

/// The same from the table `grid` of a case file: messages say where a wrong value stands.
Grid make_grid(const OptionTree& case_file, int ghost, MPI_Comm comm, const std::vector<std::string>& other_kinds = {});

/// The grid of a solver without space: `[grid] members` systems, divided over the ranks, along the one axis "member" with
/// centres 0, 1, …, open ends and no ghosts. Cells, files and restarts take it for a grid of one dimension. Collective.
/// Throws ConfigError where members is missing, nx, ny or nz is given, or a rank would get no member.
Grid make_member_grid(const OptionTree& case_file, MPI_Comm comm);

/// Values of a solver's variables over a rank's cells: (variable, k, j, i), unit stride in i, on every backend.
template <class Real> using StateView = Kokkos::View<Real****, Kokkos::LayoutRight, Device::memory_space>;

/// A zeroed state of that many variables, ghosts included.
template <class Real> StateView<Real> make_state(const std::string& label, const Grid& grid, int variables) {
  const Cells& c = grid.cells;
  return StateView<Real>(label, variables, c.extent(0), c.extent(1), c.extent(2));
}

/// First cell of one variable, ghosts included, as a pointer of the state's memory space.
template <class Real> Real* plane(const StateView<Real>& state, int variable) {
  return state.data() + variable * state.stride(0);
}

/// A zeroed array over the interior, without ghosts.
template <class Real> StateView<Real> make_interior(const std::string& label, const Grid& grid, int variables) {
  const Cells& c = grid.cells;
  return StateView<Real>(label, variables, c.count(0), c.count(1), c.count(2));
}

}  // namespace marea
