// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <marea/solvers/grid/exact_sum.hpp>
#include <marea/solvers/grid/grid.hpp>
#include <marea/solvers/grid/loops.hpp>
#include <marea/solvers/grid/sum_digits.hpp>

// Reductions whose bits depend neither on ranks nor on threads nor on the device: extrema are free of order, sums are
// exact. On a device all cells at once, never a thread a row.
namespace marea {

/// The smallest, largest value of all ranks. Collective.
double min_over_ranks(const Grid& grid, double value);
double max_over_ranks(const Grid& grid, double value);
/// Each quantity's exact sum over all ranks, rounded once, in two messages. Collective.
std::vector<double> sums_over_ranks(MPI_Comm comm, std::vector<ExactSum> parts);

namespace detail {

/// The best f(k, j, i): on the host row by row, on a device in teams, each of which looks at `rows` rows of `columns`
/// cells. (A reduction over an MDRange runs on so few blocks that half of a GPU's memory speed is left.)
template <class F, bool Largest> struct Extremum {
  using value_type = double;
  using Team = Kokkos::TeamPolicy<Device>::member_type;
  static constexpr int columns = 64, threads = 256, most_rows = 64;
  Box box;
  F f;
  int rows = 1;
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

  /// Chooses `rows` so that each place of the device for a team gets about two.
  void cut() {
    const int places = std::max(1, concurrency() / threads);
    rows = std::clamp(box.count(0) * box.count(1) * across() / (2 * places), threads / columns, most_rows);
  }
  int teams() const { return (box.count(0) * box.count(1) + rows - 1) / rows * across(); }
  KOKKOS_INLINE_FUNCTION int across() const { return (box.count(2) + columns - 1) / columns; }
  KOKKOS_INLINE_FUNCTION void operator()(const Team& team, double& value) const {
    const int first_row = team.league_rank() / across() * rows, first = team.league_rank() % across() * columns;
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, rows * columns), [&](int n) {
      const int row = first_row + n / columns, i = first + n % columns;
      if (row >= box.count(0) * box.count(1) || i >= box.count(2)) return;
      const int k = box.begin[0] + row / box.count(1), j = box.begin[1] + row % box.count(1);
      value = better(value, f(k, j, box.begin[2] + i));
    });
  }

  KOKKOS_INLINE_FUNCTION void init(double& value) const { value = worst; }
  KOKKOS_INLINE_FUNCTION void join(double& value, const double& other) const { value = better(value, other); }
  KOKKOS_INLINE_FUNCTION void join(volatile double& value, const volatile double& other) const {
    value = better(value, other);
  }
};

template <bool Largest, class F> double extremum(const std::string& label, const Cells& cells, const F& f) {
  const Box box = interior(cells);
  const int rows = box.count(0) * box.count(1);
  Extremum<F, Largest> kernel{box, f};
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
  if constexpr (device_is_host) {
    Kokkos::parallel_reduce(label, Kokkos::RangePolicy<Device>(0, rows), kernel, value);
  } else if (rows > 0 && box.count(2) > 0) {
    kernel.cut();
    constexpr bool on_host = std::is_same_v<Device, Kokkos::DefaultHostExecutionSpace>;
    const Kokkos::TeamPolicy<Device> teams(kernel.teams(), on_host ? 1 : kernel.threads);
    Kokkos::parallel_reduce(label, teams, kernel, value);
  }
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

/// Sum of f(0) … f(count - 1) of this rank; `f` takes a std::int64_t and gives a double, in the solvers' memory.
template <class F> ExactSum local_exact_sum(const std::string& label, std::int64_t count, const F& f) {
  return detail::local_exact_sums<1>(label, detail::IndexAddends<F>{count, f})[0];
}

/// Sum of f(k, j, i) over the whole grid, correctly rounded: the exact sum of the doubles, so that no order of
/// summation shows. Collective.
template <class F> double reduce_sum(const std::string& label, const Grid& grid, const F& f) {
  return sums_over_ranks(*grid.comm, detail::local_exact_sums<1>(label, detail::CellAddends<F>{interior(grid.cells), f}))[0];
}

/// Sums of K quantities over the whole grid in one pass, each as reduce_sum gives it: `f` gives a
/// Kokkos::Array<double, K> a cell. Collective.
template <int K, class F> std::array<double, K> reduce_sums(const std::string& label, const Grid& grid, const F& f) {
  const auto sums =
      sums_over_ranks(*grid.comm, detail::local_exact_sums<K>(label, detail::CellAddends<F>{interior(grid.cells), f}));
  std::array<double, K> values;
  std::copy_n(sums.begin(), K, values.begin());
  return values;
}

}  // namespace marea
