// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <limits>

#include <marea/solvers/numerics/limiters.hpp>
#include <marea/solvers/numerics/riemann_shallow_water.hpp>

// The shallow-water equations of one cell and one face, as pure functions: primitive variables, second-order
// reconstruction, hydrostatic reconstruction at a face, bottom friction. No loops, no grid.
//
// A cell's momentum along x changes by
//   (W.normal_right - E.normal_left - g (h_W + h_E) / 2 (eta_E - eta_W)) / dx + (S.along - N.along) / dy + f hv,
// which is Audusse et al. (2004), doi:10.1137/S1064827503431090, with the interface sources and the centred source
// summed by hand: (g/2)(h_E^2 - h_W^2) + (g/2)(h_E + h_W)(b_E - b_W) = (g/2)(h_E + h_W)(eta_E - eta_W). Every term is
// exactly zero for a lake at rest.
namespace marea::shallow_water {

/// Primitive variables of one cell: surface eta = h + b [m], depth h [m], velocities [m s-1] (0 where dry).
template <class Real> struct Primitive {
  Real eta, h, u, v;
};

/// Values at one side of a face: surface and bed elevation [m], velocities normal to and along the face [m s-1].
template <class Real> struct FaceValues {
  Real eta, bed, u, v;
};

/// Both ends of a cell along one axis.
template <class Real> struct CellEnds {
  FaceValues<Real> low, high;
};

/// A cell of depth <= dry_depth has no velocity.
template <class Real>
KOKKOS_FORCEINLINE_FUNCTION Primitive<Real> primitive(Real h, Real hu, Real hv, Real bed, Real dry_depth) {
  const bool wet = h > dry_depth;
  const Real inverse = (wet ? Real(1) : Real(0)) / (wet ? h : Real(1));
  return {h + bed, h, hu * inverse, hv * inverse};
}

/// The same with the roles of x and y exchanged, for faces across y.
template <class Real> KOKKOS_FORCEINLINE_FUNCTION Primitive<Real> transposed(const Primitive<Real>& p) {
  return {p.eta, p.h, p.v, p.u};
}

/// Reconstructs surface, depth and velocities of a cell (`here`) linearly between its neighbours along one axis.
/// Depths at both ends are >= 0 and average to the cell's. A dry cell stays flat: on a coarse grid the low end of a
/// steep shore would else be flooded long before the water reaches the cell.
template <class Limiter, class Real>
KOKKOS_FORCEINLINE_FUNCTION CellEnds<Real> reconstruct(const Primitive<Real>& below, const Primitive<Real>& here,
                                                       const Primitive<Real>& above, Real dry_depth) {
  const Real wet = here.h > dry_depth ? Real(1) : Real(0);
  const Real steps_back[] = {here.eta - below.eta, here.h - below.h, here.u - below.u, here.v - below.v};
  const Real steps_front[] = {above.eta - here.eta, above.h - here.h, above.u - here.u, above.v - here.v};
  Real low[4], high[4];
  for (int n = 0; n < 4; ++n) {
    low[n] = wet * Limiter::half_slope(steps_front[n], steps_back[n]);
    high[n] = wet * Limiter::half_slope(steps_back[n], steps_front[n]);
  }
  const Real eta_low = here.eta - low[0], eta_high = here.eta + high[0];
  const Real h_low = here.h - low[1], h_high = here.h + high[1];
  return {{eta_low, eta_low - h_low, here.u - low[2], here.v - low[3]},
          {eta_high, eta_high - h_high, here.u + high[2], here.v + high[3]}};
}

/// Force of the sloping surface inside a cell: (g/2)(h_W + h_E)(eta_E - eta_W) [m3 s-2].
template <class Real> KOKKOS_FORCEINLINE_FUNCTION Real surface_force(const CellEnds<Real>& e, Real gravity) {
  const Real depths = (e.low.eta - e.low.bed) + (e.high.eta - e.high.bed);
  return Real(0.5) * gravity * (depths * (e.high.eta - e.low.eta));
}

/// Flux through the face between two cells: both depths are cut at the higher bed, then the Riemann solver.
template <class Riemann, class Real>
KOKKOS_FORCEINLINE_FUNCTION FaceFlux<Real> face_flux(const FaceValues<Real>& left, const FaceValues<Real>& right, Real gravity) {
  using limiters::larger;
  const Real bed = larger(left.bed, right.bed);
  return Riemann::flux(FaceState<Real>{larger(left.eta - bed, Real(0)), left.u, left.v},
                       FaceState<Real>{larger(right.eta - bed, Real(0)), right.u, right.v}, gravity);
}

/// What leaves a cell through its low and high face in one direction [m2 s-1], from the faces' mass fluxes.
template <class Real> KOKKOS_FORCEINLINE_FUNCTION Real outflow(Real low, Real high) {
  return limiters::larger(high, Real(0)) + limiters::larger(-low, Real(0));
}

/// Share of its content that a draining cell may give away: less than 1 by more than the rounding of a step.
template <class Real> inline constexpr Real drain_share = Real(1) - Real(1024) * std::numeric_limits<Real>::epsilon();

/// Manning friction over dt, implicit: the exact solution of du/dt = -g n^2 |u| u / h^(4/3) at constant depth.
/// \return the factor in (0, 1] for hu and hv.
template <class Real>
KOKKOS_FORCEINLINE_FUNCTION Real friction_factor(Real h, Real speed, Real dt_gravity_manning_squared) {
  // h^(-1/3): the bits of a float give a first guess within 5 %; each pass cubes its error.
  const float start = static_cast<float>(h);
  std::uint32_t bits;
  __builtin_memcpy(&bits, &start, sizeof bits);
  bits = 0x54a2fa8cu - bits / 3u;
  float guess;
  __builtin_memcpy(&guess, &bits, sizeof guess);
  Real root = static_cast<Real>(guess);
  for (int pass = 0; pass < 3; ++pass) {
    const Real rest = Real(1) - h * (root * root * root);
    root = root * (Real(1) + rest * (Real(1.0 / 3) + rest * Real(2.0 / 9)));
  }
  const Real squared = root * root;
  return Real(1) / (Real(1) + dt_gravity_manning_squared * speed * (squared * squared));
}

}  // namespace marea::shallow_water
