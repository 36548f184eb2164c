// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstddef>
#include <limits>
#include <string>

#include <marea/solvers/grid/exact_sum.hpp>
#include <marea/solvers/grid/grid.hpp>
#include <marea/solvers/grid/loops.hpp>

// Reductions whose bits depend neither on ranks nor on threads: extrema are free of order, sums are exact.
namespace marea {

/// The smallest, largest value of all ranks. Collective.
double min_over_ranks(const Grid& grid, double value);
double max_over_ranks(const Grid& grid, double value);
/// The exact sum of `count` values (host) of every rank, rounded once. Collective.
double sum_over_ranks(const Grid& grid, const double* values, std::size_t count);

namespace detail {

template <class F, bool Largest> struct Extremum {
  using value_type = double;
  Box box;
  F f;
  static constexpr double worst =
      Largest ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  KOKKOS_INLINE_FUNCTION static double better(double a, double b) {
    return Largest ? (a > b ? a : b) : (a < b ? a : b);
  }
  KOKKOS_INLINE_FUNCTION void operator()(int row, double& value) const {
    const F body = f;
    const int k = box.begin[0] + row / box.count(1), j = box.begin[1] + row % box.count(1);
    double best = worst;
    for (int i = box.begin[2]; i < box.end[2]; ++i) best = better(best, body(k, j, i));
    value = better(value, best);
  }
  KOKKOS_INLINE_FUNCTION void init(double& value) const { value = worst; }
  KOKKOS_INLINE_FUNCTION void join(double& value, const double& other) const { value = better(value, other); }
  KOKKOS_INLINE_FUNCTION void join(volatile double& value, const volatile double& other) const {
    value = better(value, other);
  }
};

template <class F> struct Evaluate {
  Cells cells;
  F f;
  StateView<double> values;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    values(0, k - cells.begin[0], j - cells.begin[1], i - cells.begin[2]) = f(k, j, i);
  }
};

template <bool Largest, class F> double extremum(const std::string& label, const Cells& cells, const F& f) {
  const Box box = interior(cells);
  const int rows = box.count(0) * box.count(1);
  const Extremum<F, Largest> kernel{box, f};
  double value = kernel.worst;
  if constexpr (device_is_host) {
    if (below_pool()) {
#pragma omp parallel num_threads(ThreadLimit::threads())
      {
        double mine = kernel.worst;
#pragma omp for schedule(static) nowait
        for (int row = 0; row < rows; ++row) kernel(row, mine);
#pragma omp critical(marea_extremum)
        value = kernel.better(value, mine);
      }
      return value;
    }
  }
  Kokkos::parallel_reduce(label, Kokkos::RangePolicy<Device>(0, rows), kernel, value);
  return value;
}

}  // namespace detail

/// The largest, smallest f(k, j, i) of this rank's interior; NaN values are passed over.
template <class F> double local_max(const std::string& label, const Cells& cells, const F& f) {
  return detail::extremum<true>(label, cells, f);
}
template <class F> double local_min(const std::string& label, const Cells& cells, const F& f) {
  return detail::extremum<false>(label, cells, f);
}

/// The smallest over all ranks. Collective.
template <class F> double reduce_min(const std::string& label, const Grid& grid, const F& f) {
  return min_over_ranks(grid, local_min(label, grid.cells, f));
}

/// Sum of f(k, j, i) over the whole grid, correctly rounded: the exact sum of the doubles, so that no order of
/// summation shows. Collective. Not for the inside of a step: it evaluates f into an array of its own.
template <class F> double reduce_sum(const std::string& label, const Grid& grid, const F& f) {
  const Cells cells = grid.cells;
  const StateView<double> values = make_interior<double>(label, grid, 1);
  for_each_cell(label, cells, detail::Evaluate<F>{cells, f, values});
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), values);
  return sum_over_ranks(grid, host.data(), host.size());
}

}  // namespace marea
