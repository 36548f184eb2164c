// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <type_traits>
#include <vector>

#include <Kokkos_Core.hpp>

// Slope limiters for second-order reconstruction (MUSCL). With the differences back = q_i - q_(i-1) and
// front = q_(i+1) - q_i, the values at the ends of a cell are q_i -+ half_slope(back, front). All of them: zero where
// the differences differ in sign, odd, and the same for both orders of the differences, in every bit. No branches: they
// vectorise. But for `steep`, |half_slope| <= min(|back|, |front|): the ends stay between the neighbours.
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

/// The central slope while the differences are alike; where one is more than 1.5 times the other it is steeper, the
/// larger difference less a quarter of the smaller: fronts stay sharp. At most 2 + 2 nu and 2.5 times the smaller, nu the
/// Courant number of the slowest wave that the slope belongs to. A step that takes the slope to half a step on
/// (MUSCL-Hancock) makes no new extrema with slopes up to 2 / (1 - nu) and 2 / nu times the differences (M. Arora and
/// P. L. Roe, 1997, doi:10.1006/jcph.1996.5514). 2 + 2 nu is below the first everywhere, 2.5 below the second up to
/// nu = 0.8. Where waves stand still only 2 is left: with more, a steady flow never settles.
struct Steep {
  static constexpr const char* name = "steep";
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION static Real half_slope(Real a, Real b, Real courant) {
    const Real low = smaller(a, b), high = larger(a, b), central = Real(0.25) * (a + b);
    const Real most = smaller(Real(1) + courant, Real(1.25));
    const Real up = smaller(most * low, larger(central, Real(0.5) * high - Real(0.125) * low));
    const Real down = larger(most * high, smaller(central, Real(0.5) * low - Real(0.125) * high));
    return same_sign(up, down);
  }
};

/// The half slope of any limiter; `courant` is for those that need it.
template <class Limiter, class Real>
KOKKOS_FORCEINLINE_FUNCTION Real half_slope(Real a, Real b, [[maybe_unused]] Real courant) {
  if constexpr (std::is_same_v<Limiter, Steep>) return Steep::half_slope(a, b, courant);
  else return Limiter::half_slope(a, b);
}

/// Names of the limiters that options offer.
inline std::vector<std::string> names() { return {Minmod::name, Mc::name, VanLeer::name, Superbee::name, Steep::name}; }

}  // namespace marea::limiters
