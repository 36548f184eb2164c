// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstddef>

#include <marea/solvers/climate/shallow_water_equations.hpp>

// One Runge-Kutta stage, cell by cell: what the fused row sweep of shallow_water_sweep.hpp computes, written plainly.
// It is the kernel on GPUs, mends draining cells on CPUs, and is the sweep's reference in the tests: same bits.
namespace marea::shallow_water {

/// Numbers of one stage: out = (1 - weight) start + weight (q + dt L(q)), written so that what stands still stays.
template <class Real> struct StageConstants {
  Real gravity, dry_depth;
  Real dt_dx, dt_dy;                ///< dt / dx, dt / dy [s m-1]
  Real dt_coriolis;                 ///< dt f
  Real weight;
};

/// Arrays of one stage, ghosts included, all with the same pitch: element (j, i) is at [j * pitch + i].
template <class Real> struct StageFields {
  const Real *h, *hu, *hv, *bed;               ///< what L acts on, ghosts filled
  const Real *start_h, *start_hu, *start_hv;   ///< state at the start of the step
  Real *out_h, *out_hu, *out_hv;               ///< may be the start's arrays, not q's
  Real* drain;                                 ///< share of its outflow that each cell can afford, 1 where nothing is cut
  std::ptrdiff_t pitch;
};

/// Rate of change over dt of one cell: dt L(q).
template <class Real> struct Increment {
  Real h, hu, hv;
};

/// One variable of a stage.
template <class Real> KOKKOS_FORCEINLINE_FUNCTION Real combine(Real start, Real q, Real change, Real weight) {
  return start + weight * ((q - start) + change);
}

/// Sum of the four faces of a cell. x and y parts enter alike, so that exchanging x and y exchanges hu and hv
/// and changes no bit; mirroring flips signs alone.
template <class Real>
KOKKOS_FORCEINLINE_FUNCTION Increment<Real> increment(const StageConstants<Real>& c, const FaceFlux<Real>& west,
                                                 const FaceFlux<Real>& east, const FaceFlux<Real>& south,
                                                 const FaceFlux<Real>& north, Real force_x, Real force_y, Real hu, Real hv) {
  return {c.dt_dx * (west.mass - east.mass) + c.dt_dy * (south.mass - north.mass),
          (c.dt_dx * ((west.normal_right - east.normal_left) - force_x) +
           c.dt_dy * (south.along - north.along)) + c.dt_coriolis * hv,
          (c.dt_dy * ((south.normal_right - north.normal_left) - force_y) +
           c.dt_dx * (west.along - east.along)) - c.dt_coriolis * hu};
}

/// The part of its outflow that a cell can afford, from its four mass fluxes.
template <class Real>
KOKKOS_FORCEINLINE_FUNCTION Real drained_volume(const StageConstants<Real>& c, Real west, Real east, Real south, Real north) {
  return c.dt_dx * outflow(west, east) + c.dt_dy * outflow(south, north);
}
template <class Real> KOKKOS_FORCEINLINE_FUNCTION Real drain_factor(Real volume, Real h) {
  const Real affordable = drain_share<Real> * h;
  return volume > affordable ? affordable / volume : Real(1);
}

/// The scheme at single points of the arrays. Reads q within three cells of (j, i).
template <class Limiter, class Riemann, class Real> struct PointScheme {
  StageConstants<Real> c;
  StageFields<Real> q;

  KOKKOS_INLINE_FUNCTION Primitive<Real> at(int j, int i) const {
    const std::ptrdiff_t k = j * q.pitch + i;
    return primitive(q.h[k], q.hu[k], q.hv[k], q.bed[k], c.dry_depth);
  }
  KOKKOS_INLINE_FUNCTION CellEnds<Real> x_ends(int j, int i) const {
    return reconstruct<Limiter>(at(j, i - 1), at(j, i), at(j, i + 1), c.dry_depth);
  }
  /// u and v exchanged, so that u is normal to the face.
  KOKKOS_INLINE_FUNCTION CellEnds<Real> y_ends(int j, int i) const {
    return reconstruct<Limiter>(transposed(at(j - 1, i)), transposed(at(j, i)), transposed(at(j + 1, i)), c.dry_depth);
  }
  /// Face between (j, i - 1) and (j, i).
  KOKKOS_INLINE_FUNCTION FaceFlux<Real> x_face(int j, int i) const {
    return face_flux<Riemann>(x_ends(j, i - 1).high, x_ends(j, i).low, c.gravity);
  }
  /// Face between (j - 1, i) and (j, i).
  KOKKOS_INLINE_FUNCTION FaceFlux<Real> y_face(int j, int i) const {
    return face_flux<Riemann>(y_ends(j - 1, i).high, y_ends(j, i).low, c.gravity);
  }

  /// The factor that `q.drain` holds for this cell.
  KOKKOS_INLINE_FUNCTION Real factor(int j, int i) const {
    return drain_factor(drained_volume(c, x_face(j, i).mass, x_face(j, i + 1).mass, y_face(j, i).mass,
                                       y_face(j + 1, i).mass),
                        q.h[j * q.pitch + i]);
  }

  /// The stage without the draining limit.
  KOKKOS_INLINE_FUNCTION void update(int j, int i) const {
    const std::ptrdiff_t k = j * q.pitch + i;
    const CellEnds<Real> x = x_ends(j, i), y = y_ends(j, i);
    const Increment<Real> d = increment(c, x_face(j, i), x_face(j, i + 1), y_face(j, i), y_face(j + 1, i),
                                        surface_force(x, c.gravity), surface_force(y, c.gravity), q.hu[k], q.hv[k]);
    q.out_h[k] = combine(q.start_h[k], q.h[k], d.h, c.weight);
    q.out_hu[k] = combine(q.start_hu[k], q.hu[k], d.hu, c.weight);
    q.out_hv[k] = combine(q.start_hv[k], q.hv[k], d.hv, c.weight);
  }

  /// What the draining limit takes from a face's flux, as seen by the cell that receives: flux * (factor - 1),
  /// momentum without the receiver's own pressure. The cut needs the factors of both cells at the face.
  KOKKOS_INLINE_FUNCTION static FaceFlux<Real> cut(const FaceFlux<Real>& f, Real factor_left, Real factor_right) {
    const bool rightward = f.mass > Real(0);
    const Real missing = (rightward ? factor_left : factor_right) - Real(1);
    const Real normal = missing * (rightward ? f.normal_right : f.normal_left);
    return {missing * f.mass, normal, normal, missing * f.along};
  }

  /// Applies the draining limit to a cell that `update` has written, where it or a neighbour drains: fluxes out of
  /// a draining cell are scaled so that its depth stays >= 0; both sides of a face see the same cut, so mass is
  /// conserved. Needs `q.drain` of the cell and its four neighbours. After A. Bollermann, S. Noelle and
  /// M. Lukacova-Medvidova (2011), doi:10.4208/cicp.220210.020710a.
  KOKKOS_INLINE_FUNCTION void limit_draining(int j, int i) const {
    const std::ptrdiff_t k = j * q.pitch + i;
    const Real here = q.drain[k], west = q.drain[k - 1], east = q.drain[k + 1], south = q.drain[k - q.pitch],
               north = q.drain[k + q.pitch];
    if (here >= Real(1) && west >= Real(1) && east >= Real(1) && south >= Real(1) && north >= Real(1)) return;
    const FaceFlux<Real> w = cut(x_face(j, i), west, here), e = cut(x_face(j, i + 1), here, east),
                         s = cut(y_face(j, i), south, here), n = cut(y_face(j + 1, i), here, north);
    const Increment<Real> d = increment(c, w, e, s, n, Real(0), Real(0), Real(0), Real(0));
    q.out_h[k] += c.weight * d.h;
    q.out_hu[k] += c.weight * d.hu;
    q.out_hv[k] += c.weight * d.hv;
  }
};

}  // namespace marea::shallow_water
