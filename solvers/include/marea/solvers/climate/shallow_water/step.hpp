// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstddef>

#include <marea/solvers/climate/shallow_water/equations.hpp>

// One step, cell by cell: what the sweeps of shallow_water/sweep.hpp (CPUs) and shallow_water/tile_sweep.hpp (GPUs)
// compute, written plainly. It mends draining cells and is the sweeps' reference in the tests: same bits.
namespace marea::shallow_water {

/// Arrays of one step, ghosts included, all with the same pitch: element (j, i) is at [j * pitch + i].
template <class Real> struct StepFields {
  const Real *h, *hu, *hv, *bed;  ///< at the start of the step, ghosts filled
  Real *out_h, *out_hu, *out_hv;  ///< at its end
  Real* drain;                    ///< share of its outflow that each cell can afford, 1 where nothing is cut
  std::ptrdiff_t pitch;
};

/// Change of one cell over the step.
template <class Real> struct Increment {
  Real h, hu, hv;
};

/// Sum of the four faces of a cell. x and y parts enter alike, so that exchanging x and y exchanges hu and hv
/// and changes no bit; mirroring flips signs alone.
template <class Real>
KOKKOS_FORCEINLINE_FUNCTION Increment<Real> increment(const StepConstants<Real>& c, const FaceFlux<Real>& west,
                                                      const FaceFlux<Real>& east, const FaceFlux<Real>& south,
                                                      const FaceFlux<Real>& north, Real push_x, Real push_y) {
  return {c.dt_dx * (west.mass - east.mass) + c.dt_dy * (south.mass - north.mass),
          (c.dt_dx * (west.normal_right - east.normal_left) + c.dt_dy * (south.along - north.along)) + push_x,
          (c.dt_dy * (south.normal_right - north.normal_left) + c.dt_dx * (west.along - east.along)) + push_y};
}

/// The part of its outflow that a cell can afford, from its four mass fluxes.
template <class Real>
KOKKOS_FORCEINLINE_FUNCTION Real drained_volume(const StepConstants<Real>& c, Real west, Real east, Real south,
                                                Real north) {
  return c.dt_dx * outflow(west, east) + c.dt_dy * outflow(south, north);
}
template <class Real> KOKKOS_FORCEINLINE_FUNCTION Real drain_factor(Real volume, Real h) {
  const Real affordable = drain_share<Real> * h;
  return volume > affordable ? affordable / volume : Real(1);
}

/// The scheme at single points of the arrays. Reads q within three cells of (j, i).
template <class Limiter, class Riemann, class Real> struct PointScheme {
  StepConstants<Real> c;
  StepFields<Real> q;

  /// A cell's four faces, and what else changes its momentum.
  struct Faces {
    FaceFlux<Real> west, east, south, north;
    Real push_x, push_y;
  };

  KOKKOS_INLINE_FUNCTION Primitive<Real> at(int j, int i) const {
    const std::ptrdiff_t k = j * q.pitch + i;
    return primitive(q.h[k], q.hu[k], q.hv[k], q.bed[k], c.dry_depth);
  }
  KOKKOS_INLINE_FUNCTION PredictedCell<Real> cell(int j, int i) const {
    return predict<Limiter>(c, at(j, i), at(j, i - 1), at(j, i + 1), at(j - 1, i), at(j + 1, i));
  }
  KOKKOS_INLINE_FUNCTION Faces faces(int j, int i) const {
    const PredictedCell<Real> here = cell(j, i);
    return {face_flux<Riemann>(cell(j, i - 1).x.high, here.x.low, c.gravity),
            face_flux<Riemann>(here.x.high, cell(j, i + 1).x.low, c.gravity),
            face_flux<Riemann>(cell(j - 1, i).y.high, here.y.low, c.gravity),
            face_flux<Riemann>(here.y.high, cell(j + 1, i).y.low, c.gravity), here.push_x, here.push_y};
  }

  /// The factor that `q.drain` holds for this cell.
  KOKKOS_INLINE_FUNCTION Real factor(int j, int i) const {
    const Faces f = faces(j, i);
    return drain_factor(drained_volume(c, f.west.mass, f.east.mass, f.south.mass, f.north.mass), q.h[j * q.pitch + i]);
  }

  /// The step without the draining limit.
  KOKKOS_INLINE_FUNCTION void update(int j, int i) const {
    const std::ptrdiff_t k = j * q.pitch + i;
    const Faces f = faces(j, i);
    const Increment<Real> d = increment(c, f.west, f.east, f.south, f.north, f.push_x, f.push_y);
    q.out_h[k] = q.h[k] + d.h;
    q.out_hu[k] = q.hu[k] + d.hu;
    q.out_hv[k] = q.hv[k] + d.hv;
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
    const Faces f = faces(j, i);
    const Increment<Real> d = increment(c, cut(f.west, west, here), cut(f.east, here, east), cut(f.south, south, here),
                                        cut(f.north, here, north), Real(0), Real(0));
    q.out_h[k] += d.h;
    q.out_hu[k] += d.hu;
    q.out_hv[k] += d.hv;
  }
};

}  // namespace marea::shallow_water
