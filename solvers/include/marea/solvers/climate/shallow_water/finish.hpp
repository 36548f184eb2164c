// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <cstddef>
#include <limits>

#include <marea/solvers/climate/shallow_water/equations.hpp>

namespace marea::shallow_water {

/// Surface elevation as files show it: h + b where wet; where dry the bed, but never above sea level, so that land
/// does not show. max(0, eta - b) gives h back everywhere but in films thinner than dry_depth.
template <class Real> KOKKOS_FORCEINLINE_FUNCTION Real surface(Real h, Real bed, Real dry_depth) {
  return h > dry_depth ? h + bed : limiters::smaller(bed, Real(0));
}

/// The end of a step, cell by cell: bottom friction, no momentum where dry, running diagnostics, signal speed.
template <class Real> struct Finish {
  Real *h, *hu, *hv;
  const Real* bed;
  Real *max_eta, *max_speed_squared, *arrival;  ///< same pitch as the state; arrival < 0: not reached yet
  std::ptrdiff_t pitch;
  Real gravity, dry_depth, inverse_dx, inverse_dy;
  Real dt_gravity_manning_squared;              ///< dt g n^2; 0: no friction
  Real time;                                    ///< at the end of the step
  Real arrival_threshold;

  static constexpr Real not_finite = std::numeric_limits<Real>::infinity();  ///< devices cannot call numeric_limits

  /// \return (|u| + c) / dx + (|v| + c) / dy [s-1], infinite where the state is not finite.
  KOKKOS_FORCEINLINE_FUNCTION Real operator()(int j, int i) const {
    const std::ptrdiff_t k = j * pitch + i;
    const Real depth = h[k], b = bed[k], stored_x = hu[k], stored_y = hv[k];
    const Real highest = max_eta[k], fastest = max_speed_squared[k], reached = arrival[k];  // all reads before a write
    const bool wet = depth > dry_depth;
    const Real inverse = (wet ? Real(1) : Real(0)) / (wet ? depth : Real(1));
    Real qx = wet ? stored_x : Real(0), qy = wet ? stored_y : Real(0);
    if (dt_gravity_manning_squared > Real(0)) {
      const Real speed = std::sqrt(qx * qx + qy * qy) * inverse;
      const Real factor = friction_factor(limiters::larger(depth, dry_depth), speed, dt_gravity_manning_squared);
      qx *= factor, qy *= factor;
    }
    hu[k] = qx, hv[k] = qy;
    const Real u = qx * inverse, v = qy * inverse;  // from what is stored: a restart finds the same bits
    const Real eta = surface(depth, b, dry_depth), still = surface(limiters::larger(-b, Real(0)), b, dry_depth);
    const Real speed_squared = u * u + v * v;
    max_eta[k] = limiters::larger(highest, eta);
    max_speed_squared[k] = limiters::larger(fastest, speed_squared);
    const bool arrives = reached < Real(0) && std::fabs(eta - still) > arrival_threshold;
    arrival[k] = arrives ? time : reached;
    const Real c = std::sqrt(gravity * depth);
    const Real speed = (std::fabs(u) + c) * inverse_dx + (std::fabs(v) + c) * inverse_dy;
    const bool finite = Real(0) * (depth + qx + qy) == Real(0);  // NaN and infinity fail
    return finite ? speed : Real(not_finite);
  }
};

/// The loop wrappers' form of Finish.
template <class Real> struct FinishCell {
  Finish<Real> finish;
  KOKKOS_FORCEINLINE_FUNCTION double operator()(int, int j, int i) const { return static_cast<double>(finish(j, i)); }
};

/// Ends the step in columns [i0, i1) of one row (host backends). \return the largest signal speed.
template <class Real> Real finish_row(const Finish<Real>& finish, int j, int i0, int i1);

}  // namespace marea::shallow_water
