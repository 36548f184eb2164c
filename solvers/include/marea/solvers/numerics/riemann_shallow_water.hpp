// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <limits>

#include <marea/solvers/numerics/limiters.hpp>

// Approximate Riemann solvers of the shallow-water equations at one face; u is the velocity normal to the face, v the
// one along it. Written so that mirroring the input mirrors the output bit for bit, and that equal depths at rest give
// zero exactly.
//
// Sources: E. F. Toro, Shock-Capturing Methods for Free-Surface Shallow Flows (2001), ch. 10 (HLL, HLLC);
// B. Einfeldt (1988), doi:10.1137/0725021 (signal speeds);
// L. Fraccarollo and E. F. Toro (1995), doi:10.1080/00221689509498555 (dry bed);
// V. V. Rusanov (1961), doi:10.1016/0041-5553(62)90062-9.
namespace marea::shallow_water {

/// State at one side of a face: depth h >= 0 [m], velocities u (normal), v (along) [m s-1].
template <class Real> struct FaceState {
  Real h, u, v;
};

/// Flux through a face. The momentum flux h u^2 + g h^2 / 2 at the face is given as what exceeds the hydrostatic
/// pressure of either side, so that no large pressures cancel when a cell sums its faces.
template <class Real> struct FaceFlux {
  Real mass;          ///< h u [m2 s-1]
  Real normal_left;   ///< momentum flux - g h_left^2 / 2 [m3 s-2]
  Real normal_right;  ///< momentum flux - g h_right^2 / 2 [m3 s-2]
  Real along;         ///< h u v [m3 s-2]
};

/// Slowest and fastest signal at a face [m s-1].
template <class Real> struct SignalSpeeds {
  Real left, right;
};

namespace detail {

/// The HLL flux for given signal speeds left <= 0 <= right; `along` is that of HLL.
template <class Real>
KOKKOS_FORCEINLINE_FUNCTION FaceFlux<Real> flux_hll(const FaceState<Real>& l, const FaceState<Real>& r,
                                               const SignalSpeeds<Real>& s, Real gravity) {
  using limiters::larger;
  const Real inverse = Real(1) / larger(s.right - s.left, Real(1e-30));
  const Real from_left = s.right * (l.h * (l.u - s.left));
  const Real from_right = s.left * (r.h * (s.right - r.u));
  const Real advected = from_left * l.u + from_right * r.u;
  const Real pressure = Real(0.5) * gravity * ((l.h - r.h) * (l.h + r.h));
  return {(from_left + from_right) * inverse, (advected + s.left * pressure) * inverse,
          (advected + s.right * pressure) * inverse, (from_left * l.v + from_right * r.v) * inverse};
}

}  // namespace detail

/// HLLC: HLL with the contact wave restored, so that shear and tracers are carried without smearing; exact signal
/// speeds at a dry bed.
struct Hllc {
  static constexpr const char* name = "hllc";

  template <class Real>
  KOKKOS_FORCEINLINE_FUNCTION static SignalSpeeds<Real> speeds(const FaceState<Real>& l, const FaceState<Real>& r,
                                                          Real gravity) {
    using limiters::larger, limiters::smaller;
    const Real cl = std::sqrt(gravity * l.h), cr = std::sqrt(gravity * r.h);
    // Roe's averages give the speed of a single shock exactly. sqrt(1 + skew^2) <= 1 + skew^2 / 2 spares a root.
    const Real sum = larger(cl + cr, Real(1e-30));
    const Real skew = (cl - cr) / sum;
    const Real u_roe = Real(0.5) * ((l.u + r.u) + (l.u - r.u) * skew);
    const Real c_roe = Real(0.5) * sum * (Real(1) + Real(0.5) * skew * skew);
    const Real slow = l.u - cl, fast = r.u + cr;
    const bool wet_l = l.h > Real(0), wet_r = r.h > Real(0);
    const Real left = wet_l ? (wet_r ? smaller(slow, u_roe - c_roe) : slow) : r.u - Real(2) * cr;
    const Real right = wet_r ? (wet_l ? larger(fast, u_roe + c_roe) : fast) : l.u + Real(2) * cl;
    return {smaller(left, Real(0)), larger(right, Real(0))};
  }

  template <class Real>
  KOKKOS_FORCEINLINE_FUNCTION static FaceFlux<Real> flux(const FaceState<Real>& l, const FaceState<Real>& r,
                                                         Real gravity) {
    FaceFlux<Real> f = detail::flux_hll(l, r, speeds(l, r, gravity), gravity);
    f.along = f.mass * (f.mass > Real(0) ? l.v : r.v);
    return f;
  }
};

/// Rusanov (local Lax-Friedrichs): one speed both ways; the plain and diffusive reference.
struct Rusanov {
  static constexpr const char* name = "rusanov";

  template <class Real>
  KOKKOS_FORCEINLINE_FUNCTION static SignalSpeeds<Real> speeds(const FaceState<Real>& l, const FaceState<Real>& r,
                                                          Real gravity) {
    const Real speed = limiters::larger(std::fabs(l.u) + std::sqrt(gravity * l.h),
                                        std::fabs(r.u) + std::sqrt(gravity * r.h));
    return {-speed, speed};
  }

  template <class Real>
  KOKKOS_FORCEINLINE_FUNCTION static FaceFlux<Real> flux(const FaceState<Real>& l, const FaceState<Real>& r,
                                                         Real gravity) {
    return detail::flux_hll(l, r, speeds(l, r, gravity), gravity);
  }
};

}  // namespace marea::shallow_water
