// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstdint>
#include <string>

#include <marea/solvers/grid/grid.hpp>
#include <marea/solvers/grid/loops.hpp>

// Physical boundary conditions, apart from equations and from MPI. They run after the halo exchange, x before y before
// z, each over the ghosts of the earlier axes too, so that corners get the same bits on every decomposition.
namespace marea {

/// One end of one axis: axis 0, 1, 2 = z, y, x; side 0 the low end, 1 the high end.
struct Side {
  int axis, side;
};

/// One ghost cell and the interior cells that define it.
struct GhostCell {
  int k, j, i;         ///< the ghost
  int mk, mj, mi;      ///< its mirror image in the boundary face
  int nk, nj, ni;      ///< the interior cell next to the boundary
  int depth;           ///< 1 for the layer at the face, 2 beyond it, …
};

/// Variables whose sign a mirror turns: bit v for variable v, per axis (z, y, x). For a velocity, its normal component.
struct Reflection {
  std::uint32_t odd[3] = {0, 0, 0};
};

namespace detail {

/// The ghost cells of one side, in the full width of the other axes.
inline Box ghosts_of(const Cells& c, Side s) {
  Box box{};
  for (int a = 0; a < 3; ++a) {
    box.begin[a] = 0;
    box.end[a] = c.extent(a);
  }
  if (s.side == 0) {
    box.end[s.axis] = c.begin[s.axis];
  } else {
    box.begin[s.axis] = c.end[s.axis];
  }
  return box;
}

template <class F> struct FillGhost {
  int axis, side, first, last;  // interior indices next to the two faces
  F f;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    GhostCell g{k, j, i, k, j, i, k, j, i, 0};
    const int at = axis == 0 ? k : axis == 1 ? j : i;
    const int near = side == 0 ? first : last;
    g.depth = side == 0 ? first - at : at - last;
    const int mirror = side == 0 ? first + g.depth - 1 : last - g.depth + 1;
    (axis == 0 ? g.mk : axis == 1 ? g.mj : g.mi) = mirror;
    (axis == 0 ? g.nk : axis == 1 ? g.nj : g.ni) = near;
    f(g);
  }
};

template <class Real> struct WallGhost {
  StateView<Real> q;
  int variables;
  std::uint32_t odd;
  KOKKOS_INLINE_FUNCTION void operator()(const GhostCell& g) const {
    for (int v = 0; v < variables; ++v) {
      const Real mirrored = q(v, g.mk, g.mj, g.mi);
      q(v, g.k, g.j, g.i) = (odd >> v) & 1u ? -mirrored : mirrored;
    }
  }
};

template <class Real> struct OpenGhost {
  StateView<Real> q;
  int variables;
  KOKKOS_INLINE_FUNCTION void operator()(const GhostCell& g) const {
    for (int v = 0; v < variables; ++v) q(v, g.k, g.j, g.i) = q(v, g.nk, g.nj, g.ni);
  }
};

}  // namespace detail

/// Calls f(GhostCell) once for each ghost cell of that side.
template <class F> void for_each_ghost(const std::string& label, const Cells& cells, Side side, const F& f) {
  for_each_cell(label, detail::ghosts_of(cells, side),
                detail::FillGhost<F>{side.axis, side.side, cells.begin[side.axis], cells.end[side.axis] - 1, f});
}

/// Mirror image of the interior, the odd variables with the other sign.
template <class Real>
void fill_wall(const Cells& cells, const StateView<Real>& q, Side side, const Reflection& reflection) {
  for_each_ghost("boundary.wall", cells, side,
                 detail::WallGhost<Real>{q, static_cast<int>(q.extent(0)), reflection.odd[side.axis]});
}

/// The value of the cell at the boundary (zero gradient): outgoing waves leave.
template <class Real> void fill_open(const Cells& cells, const StateView<Real>& q, Side side) {
  for_each_ghost("boundary.open", cells, side, detail::OpenGhost<Real>{q, static_cast<int>(q.extent(0))});
}

/// Fills every ghost beyond a physical boundary of this rank: wall and open here, what the solver has of its own by
/// `own(side)`, which returns whether it filled that side (so it may also replace wall or open by its own condition).
template <class Real, class Own>
void fill_boundaries(const Grid& grid, const StateView<Real>& q, const Reflection& reflection, const Own& own) {
  for (int axis = 2; axis >= 3 - grid.dimensions; --axis) {
    for (int end = 0; end < 2; ++end) {
      if (!grid.at_boundary(axis, end)) continue;
      const Side side{axis, end};
      if (own(side)) continue;
      if (grid.boundary[axis][end] == BoundaryKind::wall) {
        fill_wall(grid.cells, q, side, reflection);
      } else {
        fill_open(grid.cells, q, side);
      }
    }
  }
}
template <class Real> void fill_boundaries(const Grid& grid, const StateView<Real>& q, const Reflection& reflection) {
  fill_boundaries(grid, q, reflection, [](Side) { return false; });
}

}  // namespace marea
