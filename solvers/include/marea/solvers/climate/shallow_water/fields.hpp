// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>

#include <marea/solvers/climate/shallow_water/equations.hpp>
#include <marea/solvers/climate/shallow_water/finish.hpp>
#include <marea/solvers/grid/grid.hpp>
#include <marea/solvers/parts/transfer.hpp>

// Fields that are computed from the state (h, hu, hv) and the bed, and what a cell holds of conserved quantities.
namespace marea::shallow_water {

template <class Real> struct Elevation {
  StateView<Real> q, bed;
  Real dry_depth;
  KOKKOS_INLINE_FUNCTION Real operator()(int k, int j, int i) const {
    return surface(q(0, k, j, i), bed(0, k, j, i), dry_depth);
  }
};

template <class Real> struct Velocity {
  StateView<Real> q, bed;
  Real dry_depth;
  KOKKOS_INLINE_FUNCTION Primitive<Real> cell(int k, int j, int i) const {
    return primitive(q(0, k, j, i), q(1, k, j, i), q(2, k, j, i), bed(0, k, j, i), dry_depth);
  }
  KOKKOS_INLINE_FUNCTION Real operator()(int k, int j, int i, int component) const {
    const Primitive<Real> p = cell(k, j, i);
    return component == 0 ? p.u : p.v;
  }
};

template <class Real> struct Speed {
  Velocity<Real> velocity;
  KOKKOS_INLINE_FUNCTION Real operator()(int k, int j, int i) const {
    const Primitive<Real> p = velocity.cell(k, j, i);
    return std::sqrt(p.u * p.u + p.v * p.v);
  }
};

/// Depth of still water at sea level, and what follows from it.
template <class Real> struct StillWater {
  enum class Kind { depth, wave_speed, sea, land } kind;
  StateView<Real> bed;
  Real gravity;
  KOKKOS_INLINE_FUNCTION Real operator()(int k, int j, int i) const {
    const Real depth = limiters::larger(-bed(0, k, j, i), Real(0));
    if (kind == Kind::depth) return depth;
    if (kind == Kind::wave_speed) return std::sqrt(gravity * depth);
    return Real((depth > Real(0)) == (kind == Kind::sea) ? 1 : 0);
  }
};

/// A running diagnostic as people read it, from what the solver keeps: (largest eta, largest speed squared, arrival).
template <class Real> struct Diagnostic {
  StateView<Real> kept;
  int number;
  Real time;  ///< stands for an arrival that has not come
  KOKKOS_INLINE_FUNCTION Real operator()(int k, int j, int i) const {
    const Real value = kept(number, k, j, i);
    if (number == 1) return std::sqrt(value);
    return number == 2 && value < Real(0) ? time : value;
  }
};

/// Depth of water over land under a surface, present or highest [m]; 0 at sea and where dry, whose surface lies at sea
/// level or below.
template <class Real, class Surface> struct FlowDepth {
  Surface surface;
  StateView<Real> bed;
  KOKKOS_INLINE_FUNCTION Real operator()(int k, int j, int i) const {
    const Real b = bed(0, k, j, i);
    return b < Real(0) ? Real(0) : limiters::larger(surface(k, j, i) - b, Real(0));
  }
};

/// 1 where a depth has passed `threshold` [m], else 0.
template <class Real, class Depth> struct Flooded {
  Depth depth;
  Real threshold;
  KOKKOS_INLINE_FUNCTION Real operator()(int k, int j, int i) const {
    return Real(depth(k, j, i) > threshold ? 1 : 0);
  }
};
template <class Real, class Depth> Flooded(Depth, Real) -> Flooded<Real, Depth>;

/// What a gauge records of a cell: surface elevation and velocity; 1 where wet.
template <class Real> struct GaugeValues {
  Elevation<Real> elevation;
  Velocity<Real> velocity;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i, double* columns) const {
    const Primitive<Real> p = velocity.cell(k, j, i);
    columns[0] = static_cast<double>(elevation(k, j, i));
    columns[1] = static_cast<double>(p.u);
    columns[2] = static_cast<double>(p.v);
    columns[3] = velocity.q(0, k, j, i) > velocity.dry_depth ? 1 : 0;
  }
};

/// One conserved quantity of a cell, over its area.
template <class Real> struct Content {
  StateView<Real> q, bed;
  int kind;  ///< 0, 1, 2: h, hu, hv; 3: energy
  double gravity, dry_depth, area;
  KOKKOS_INLINE_FUNCTION double operator()(int, int j, int i) const {
    if (kind < 3) return area * static_cast<double>(q(kind, 0, j, i));
    const double h = q(0, 0, j, i), hu = q(1, 0, j, i), hv = q(2, 0, j, i), b = bed(0, 0, j, i);
    const double still = b < 0 ? b * b : 0;
    const double motion = h > dry_depth ? (hu * hu + hv * hv) / h : 0;
    return area * 0.5 * (motion + gravity * (h * (h + 2 * b) + still));
  }
};

/// The state from depth or elevation, and velocity or discharge.
template <class Real> struct Assign {
  StateView<Real> q, bed;
  FieldArray level, x, y;  ///< h or eta; velocity in x alone with two components, or hu and hv
  bool is_depth, is_discharge;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    const double b = is_depth ? 0 : static_cast<double>(bed(0, k, j, i)), depth = level.get(k, j, i) - b;
    q(0, k, j, i) = static_cast<Real>(depth < 0 ? 0 : depth);  // keeps NaN, to be found
    const double h = is_discharge ? 1 : static_cast<double>(q(0, k, j, i));
    q(1, k, j, i) = static_cast<Real>(h * x.get(k, j, i));
    q(2, k, j, i) = static_cast<Real>(h * (is_discharge ? y.get(k, j, i) : x.get(k, j, i, 1)));
  }
};

}  // namespace marea::shallow_water
