// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/solvers/grid/reduce.hpp>
#include <marea/solvers/parts/field_table.hpp>

namespace marea {
namespace detail {

inline constexpr double nowhere = std::numeric_limits<double>::infinity();

/// Number (variable, k, j, i) of a cell on the whole grid where a value is not finite, else infinity.
template <class Real> struct NotFinite {
  StateView<Real> q;
  Cells c;
  int variables;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    for (int v = 0; v < variables; ++v) {
      if (q(v, k, j, i) - q(v, k, j, i) == Real(0)) continue;
      const double plane = static_cast<double>(c.offset[0] + k - c.ghost[0]) + static_cast<double>(v * c.global[0]);
      const double row = plane * static_cast<double>(c.global[1]) + static_cast<double>(c.offset[1] + j - c.ghost[1]);
      return row * static_cast<double>(c.global[2]) + static_cast<double>(c.offset[2] + i - c.ghost[2]);
    }
    return nowhere;
  }
};

/// The rate of a cell, infinite where its state is not finite: rate and check in one pass.
template <class Real, class Rate> struct RateIfFinite {
  StateView<Real> q;
  Rate rate;
  int variables;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    Real sum = Real(0);
    for (int v = 0; v < variables; ++v) sum += Real(0) * q(v, k, j, i);
    return sum == Real(0) ? static_cast<double>(rate(k, j, i)) : nowhere;
  }
};

/// Throws NumericalError: value number `first` of (variable, k, j, i) on the whole grid is not finite.
[[noreturn]] void fail_not_finite_at(std::string_view solver, const std::vector<FieldInfo>& fields, double first,
                                     const Grid& grid, double time, std::string_view remedy);

/// What a model advises against a state that is not finite.
template <class M> std::string_view remedy_of() {
  if constexpr (requires { M::remedy; }) return M::remedy;
  return "try a smaller cfl";
}

}  // namespace detail

/// Throws NumericalError on all ranks, naming field, cell and time, when a value of the state is not finite.
template <class M>
void require_finite_state(const Grid& grid, const StateView<typename M::Real>& q, double time) {
  const detail::NotFinite<typename M::Real> kernel{q, grid.cells, static_cast<int>(q.extent(0))};
  const double first = reduce_min("finite", grid, kernel);
  if (first != detail::nowhere) 
    detail::fail_not_finite_at(M::name, field_infos<M>(), first, grid, time, detail::remedy_of<M>());
}

/// The same where it is known that something is not finite: where no value of the state is, the signal rate is not.
template <class M>
[[noreturn]] void fail_not_finite(const Grid& grid, const StateView<typename M::Real>& q, double time) {
  require_finite_state<M>(grid, q, time);
  fail<NumericalError>(M::name, "the signal rate overflows at time ", time, "; the state has diverged");
}

}  // namespace marea
