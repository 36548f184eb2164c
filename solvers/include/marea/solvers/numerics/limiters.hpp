// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <Kokkos_Core.hpp>

// Slope limiters for second-order reconstruction (MUSCL). With the differences back = q_i - q_(i-1) and
// front = q_(i+1) - q_i, the value at the high face of a cell is q_i + half_slope(back, front), at the low face
// q_i - half_slope(front, back). All of them: zero where the differences differ in sign, |half_slope| <= min(|back|,
// |front|) (so a positive field keeps positive face values, in floating point too), and odd. No branches: they vectorise.
//
// Source: E. F. Toro, Riemann Solvers and Numerical Methods for Fluid Dynamics (2009), doi:10.1007/b79761, ch. 13.
namespace marea::limiters {

template <class Real> KOKKOS_FORCEINLINE_FUNCTION Real smaller(Real a, Real b) { return a < b ? a : b; }
template <class Real> KOKKOS_FORCEINLINE_FUNCTION Real larger(Real a, Real b) { return a > b ? a : b; }
/// `low` where it is positive plus `high` where it is negative: the one with the common sign, or zero.
template <class Real> KOKKOS_FORCEINLINE_FUNCTION Real same_sign(Real low, Real high) {
  return larger(low, Real(0)) + smaller(high, Real(0));
}

/// No slope: the first-order scheme.
struct None {
  static constexpr const char* name = "none";
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION static Real half_slope(Real, Real) { return Real(0); }
};

/// The smaller difference: the most diffusive.
struct Minmod {
  static constexpr const char* name = "minmod";
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION static Real half_slope(Real a, Real b) {
    return Real(0.5) * same_sign(smaller(a, b), larger(a, b));
  }
};

/// Monotonised central: the central slope, at most twice the smaller difference.
struct Mc {
  static constexpr const char* name = "mc";
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION static Real half_slope(Real a, Real b) {
    const Real c = Real(0.25) * (a + b);
    return same_sign(smaller(smaller(a, b), c), larger(larger(a, b), c));
  }
};

/// Harmonic mean of the differences: smooth.
struct VanLeer {
  static constexpr const char* name = "van_leer";
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION static Real half_slope(Real a, Real b) {
    const Real product = a * b;
    const bool same = product > Real(0);
    return (same ? product : Real(0)) / (same ? a + b : Real(1));
  }
};

/// The steepest: sharp fronts, squares off smooth waves.
struct Superbee {
  static constexpr const char* name = "superbee";
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION static Real half_slope(Real a, Real b) {
    const Real half_a = Real(0.5) * a, half_b = Real(0.5) * b;
    return same_sign(larger(smaller(a, half_b), smaller(half_a, b)), smaller(larger(a, half_b), larger(half_a, b)));
  }
};

/// Koren's: the third-order upwind-biased slope, at most twice the smaller difference. The sharpest in smooth flow.
/// Source: B. Koren (1993), A robust upwind discretization method for advection, diffusion and source terms.
struct Koren {
  static constexpr const char* name = "koren";
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION static Real half_slope(Real back, Real front) {
    const Real c = Real(1.0 / 6) * (back + (front + front));
    return same_sign(smaller(smaller(back, front), c), larger(larger(back, front), c));
  }
};

/// Names of the limiters that options offer.
inline std::vector<std::string> names() { return {Minmod::name, Mc::name, VanLeer::name, Superbee::name, Koren::name}; }

}  // namespace marea::limiters
