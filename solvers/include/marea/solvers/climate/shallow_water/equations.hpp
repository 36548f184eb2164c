// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>

#include <marea/solvers/numerics/limiters.hpp>
#include <marea/solvers/numerics/riemann_shallow_water.hpp>

// The shallow-water equations of one cell and one face, as pure functions: primitive variables, second-order
// reconstruction and predictor (MUSCL-Hancock), hydrostatic reconstruction at a face, bottom friction. No loops, no
// grid. Source: E. F. Toro, Shock-Capturing Methods for Free-Surface Shallow Flows (2001), ch. 11.
//
// A cell's momentum along x changes by
//   (W.normal_right - E.normal_left - g h (eta_E - eta_W)) / dx + (S.along - N.along) / dy + f hv,
// which is Audusse et al. (2004), doi:10.1137/S1064827503431090, with the interface sources and the centred source
// summed by hand: (g/2)(h_E^2 - h_W^2) + (g/2)(h_E + h_W)(b_E - b_W) = (g/2)(h_E + h_W)(eta_E - eta_W), with
// h = (h_E + h_W) / 2 and the velocities taken half a step on. Every term is exactly zero for a lake at rest.
namespace marea::shallow_water {

/// Primitive variables of one cell: surface eta = h + b [m], depth h [m], velocities [m s-1] (0 where dry).
template <class Real> struct Primitive {
  Real eta, h, u, v;
};

/// Values at one side of a face: surface and bed elevation [m], velocities normal to and along the face [m s-1].
template <class Real> struct FaceValues {
  Real eta, bed, u, v;
};

/// The same with the roles of x and y exchanged, for faces across y.
template <class Real> KOKKOS_FORCEINLINE_FUNCTION FaceValues<Real> turned(const FaceValues<Real>& f) {
  return {f.eta, f.bed, f.v, f.u};
}

/// Both ends of a cell along one axis.
template <class Real> struct CellEnds {
  FaceValues<Real> low, high;
};

/// Numbers of one step.
template <class Real> struct StepConstants {
  Real gravity, dry_depth;
  Real dt_dx, dt_dy;      ///< dt / dx, dt / dy [s m-1]
  Real half_turn;         ///< dt f / 2
  Real turn_share;        ///< 1 / (1 + half_turn^2)
};

/// What one cell brings to a step: the values at its four ends half a step on (across y with u and v exchanged), and
/// what the sloping surface and Coriolis give to hu and hv over the whole step [m2 s-1].
template <class Real> struct PredictedCell {
  CellEnds<Real> x, y;
  Real push_x, push_y;
};

/// A cell of depth <= dry_depth has no velocity.
template <class Real>
KOKKOS_FORCEINLINE_FUNCTION Primitive<Real> primitive(Real h, Real hu, Real hv, Real bed, Real dry_depth) {
  const bool wet = h > dry_depth;
  const Real inverse = (wet ? Real(1) : Real(0)) / (wet ? h : Real(1));
  return {h + bed, h, hu * inverse, hv * inverse};
}

/// Courant numbers of the slowest wave that moves each variable along one axis: gravity waves surface, depth and the
/// velocity along the axis, the flow the velocity across.
template <class Real> struct SlowestWaves {
  Real surface, u, v;
};

/// Half the change of surface, depth and velocities over a cell (`here`) along one axis, between its neighbours.
/// None in a dry cell: on a coarse grid the low end of a steep shore would else be flooded long before the water
/// reaches the cell.
template <class Limiter, class Real>
KOKKOS_FORCEINLINE_FUNCTION Primitive<Real> half_slopes(const Primitive<Real>& below, const Primitive<Real>& here,
                                                        const Primitive<Real>& above, const SlowestWaves<Real>& courant,
                                                        Real dry_depth) {
  using limiters::half_slope;
  const Real wet = here.h > dry_depth ? Real(1) : Real(0);
  return {wet * half_slope<Limiter>(here.eta - below.eta, above.eta - here.eta, courant.surface),
          wet * half_slope<Limiter>(here.h - below.h, above.h - here.h, courant.surface),
          wet * half_slope<Limiter>(here.u - below.u, above.u - here.u, courant.u),
          wet * half_slope<Limiter>(here.v - below.v, above.v - here.v, courant.v)};
}

/// Values at one end of a cell: `slope` from its centre `here`, changed by dh, du, dv in half a step. The bed stays.
template <class Real>
KOKKOS_FORCEINLINE_FUNCTION FaceValues<Real> end_of(const Primitive<Real>& here, const Primitive<Real>& slope,
                                                    Real sign, Real dh, Real du, Real dv) {
  const Real eta = here.eta + sign * slope.eta, h = here.h + sign * slope.h;
  return {eta + dh, eta - h, (here.u + sign * slope.u) + du, (here.v + sign * slope.v) + dv};
}

/// A cell half a step on, by the equations in primitive form with the limited slopes of both directions:
///   h_t = -(u h_x + h u_x + v h_y + h v_y),  u_t = -(u u_x + v u_y + g eta_x) + f v,  and alike for v.
/// Coriolis acts on the velocities half a step on, which makes a whole step a turn that neither grows nor decays.
/// At rest under a level surface every change is zero. x and y enter alike: exchanging them changes no bit.
template <class Limiter, class Real>
KOKKOS_FORCEINLINE_FUNCTION PredictedCell<Real> predict(const StepConstants<Real>& c, const Primitive<Real>& here,
                                                        const Primitive<Real>& west, const Primitive<Real>& east,
                                                        const Primitive<Real>& south, const Primitive<Real>& north) {
  const Real wave = std::sqrt(c.gravity * here.h), speed_x = std::fabs(here.u), speed_y = std::fabs(here.v);
  const Real slow_x = c.dt_dx * std::fabs(speed_x - wave), slow_y = c.dt_dy * std::fabs(speed_y - wave);
  const Primitive<Real> x = half_slopes<Limiter>(west, here, east, {slow_x, slow_x, c.dt_dx * speed_x}, c.dry_depth),
                        y = half_slopes<Limiter>(south, here, north, {slow_y, c.dt_dy * speed_y, slow_y}, c.dry_depth);
  const Real fall_x = c.dt_dx * (c.gravity * x.eta), fall_y = c.dt_dy * (c.gravity * y.eta);
  const Real spread = c.dt_dx * (here.u * x.h + here.h * x.u) + c.dt_dy * (here.v * y.h + here.h * y.v);
  const Real dh = limiters::larger(-spread, -here.h);
  const Real loss_u = (c.dt_dx * (here.u * x.u) + c.dt_dy * (here.v * y.u)) + fall_x;
  const Real loss_v = (c.dt_dy * (here.v * y.v) + c.dt_dx * (here.u * x.v)) + fall_y;
  const Real f = c.half_turn;  // du = f (v + dv) - loss_u, dv = -f (u + du) - loss_v, solved
  const Real du = c.turn_share * (f * ((here.v - loss_v) - f * here.u) - loss_u);
  const Real dv = -(c.turn_share * (f * ((here.u - loss_u) + f * here.v) + loss_v));
  const Real depth = here.h + dh, turn = Real(2) * f;
  return {{end_of(here, x, Real(-1), dh, du, dv), end_of(here, x, Real(1), dh, du, dv)},
          {turned(end_of(here, y, Real(-1), dh, du, dv)), turned(end_of(here, y, Real(1), dh, du, dv))},
          depth * (turn * (here.v + dv) - Real(2) * fall_x), -(depth * (turn * (here.u + du) + Real(2) * fall_y))};
}

/// Flux through the face between two cells: both depths are cut at the higher bed, then the Riemann solver.
template <class Riemann, class Real>
KOKKOS_FORCEINLINE_FUNCTION FaceFlux<Real> face_flux(const FaceValues<Real>& left, const FaceValues<Real>& right,
                                                     Real gravity) {
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

/// Manning friction over dt, implicit Euler: the root of s' = s - dt k s'^2, k = g n^2 / h^(4/3), s the speed before.
/// At any dt the flow down a slope is steady just where friction and slope are in balance.
/// \return the factor s' / s in (0, 1] for hu and hv.
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
  return Real(2) / (Real(1) + std::sqrt(Real(1) + Real(4) * dt_gravity_manning_squared * speed * (squared * squared)));
}

}  // namespace marea::shallow_water
