// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include <marea/solvers/climate/shallow_water/equations.hpp>
#include <marea/solvers/climate/shallow_water/inflow.hpp>
#include <marea/solvers/grid/boundary.hpp>

// What shallow water adds to the boundaries of the grid. The bed beyond every boundary is the mirror image.
namespace marea::shallow_water {

/// Kinds of boundary besides those of every solver.
inline std::vector<std::string> own_boundary_names() { return {"inflow"}; }

/// Open: still water at sea level beyond. An outgoing wave meets what it would meet far away and leaves; nothing comes
/// in. Where the bed is not below sea level there is no such water, and the state of the last cell goes on.
template <class Real> struct OpenGhost {
  StateView<Real> q, bed;
  KOKKOS_INLINE_FUNCTION void operator()(const GhostCell& g) const {
    const Real still = limiters::larger(-bed(0, g.k, g.j, g.i), Real(0));
    const bool sea = still > Real(0);
    q(0, g.k, g.j, g.i) = sea ? still : q(0, g.nk, g.nj, g.ni);
    q(1, g.k, g.j, g.i) = sea ? Real(0) : q(1, g.nk, g.nj, g.ni);
    q(2, g.k, g.j, g.i) = sea ? Real(0) : q(2, g.nk, g.nj, g.ni);
  }
};

/// Inflow: the invariant u + 2c (inwards) of the incoming wave alone, a simple wave over the still water of the cell
/// inside, and u - 2c of that cell: waves come in and leave. A flow that enters faster than waves travel is the incoming
/// wave's. Where the bed is not below sea level no wave travels: the surface is held, with u - 2c from inside.
template <class Real> struct InflowGhost {
  StateView<Real> q, bed;
  int normal;    ///< 1: hu, 2: hv
  Real inward;   ///< +1 at a low end, -1 at a high end
  Real gravity, eta;
  KOKKOS_INLINE_FUNCTION void operator()(const GhostCell& g) const {
    using limiters::larger;
    const Real floor = bed(0, g.nk, g.nj, g.ni), inside = q(0, g.nk, g.nj, g.ni);
    const Real given = std::sqrt(gravity * larger(eta - floor, Real(0)));
    const Real u = inside > Real(0) ? inward * (q(normal, g.nk, g.nj, g.ni) / inside) : Real(0);
    const Real leaving = u - Real(2) * std::sqrt(gravity * inside);
    Real c = given, speed = leaving + Real(2) * given;
    if (floor < Real(0)) {
      const Real rest = Real(2) * std::sqrt(gravity * -floor), entering = Real(4) * given - rest;
      speed = Real(0.5) * (entering + leaving);
      c = larger(Real(0.25) * (entering - leaving), Real(0));
      if (speed > c) c = given, speed = Real(2) * given - rest;
    }
    const Real surface = c == given ? eta : floor + c * c / gravity;  // a lake at rest stays in every bit
    const Real h = larger(surface - bed(0, g.k, g.j, g.i), Real(0));
    q(0, g.k, g.j, g.i) = h;
    q(normal, g.k, g.j, g.i) = h * (inward * speed);
    q(3 - normal, g.k, g.j, g.i) = Real(0);
  }
};

/// A wall turns hu at an end of x, hv at an end of y.
inline constexpr Reflection reflection{{0, 1u << 2, 1u << 1}};

/// Fills the ghosts of (h, hu, hv) beyond the boundary at this time [s].
template <class Real>
void fill_boundaries(const Grid& grid, const StateView<Real>& q, const StateView<Real>& bed, const InflowWave& wave,
                     Real gravity, double time) {
  marea::fill_boundaries(grid, q, reflection, [&](Side side) {
    const BoundaryKind kind = grid.boundary[side.axis][side.side];
    if (kind == BoundaryKind::open) {
      for_each_ghost("shallow_water.open", grid.cells, side, OpenGhost<Real>{q, bed});
    } else if (kind == BoundaryKind::other && !wave.walled(time)) {
      for_each_ghost("shallow_water.inflow", grid.cells, side,
                     InflowGhost<Real>{q, bed, side.axis == 2 ? 1 : 2, side.side == 0 ? Real(1) : Real(-1), gravity,
                                       static_cast<Real>(wave.eta(time))});
    } else {
      fill_wall(grid.cells, q, side, reflection);
    }
    return true;
  });
}

/// Extends the bed beyond the boundary.
template <class Real> void mirror_bed(const Grid& grid, const StateView<Real>& bed) {
  marea::fill_boundaries(grid, bed, Reflection{}, [&](Side side) {
    fill_wall(grid.cells, bed, side, Reflection{});
    return true;
  });
}

}  // namespace marea::shallow_water
