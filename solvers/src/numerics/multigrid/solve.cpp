// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/multigrid/solve.hpp>

#include <cmath>
#include <utility>

#include <marea/io/error.hpp>

namespace marea::multigrid {
namespace detail {

/// The largest and the smallest T of low faces that are not insulated, the latter with the other sign.
struct Spread {
  StateView<double> faces;
  int dimensions;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    double largest = 0;
    for (int a = 0; a < dimensions; ++a) largest = faces(a, k, j, i) > largest ? faces(a, k, j, i) : largest;
    return largest;
  }
};
struct Smallest {
  Spread of;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    double smallest = 1e300;
    for (int a = 0; a < of.dimensions; ++a)
      if (of.faces(a, k, j, i) > 0 && of.faces(a, k, j, i) < smallest) smallest = of.faces(a, k, j, i);
    return -smallest;
  }
};
struct Square {
  StateView<double> u;
  KOKKOS_FORCEINLINE_FUNCTION double operator()(int k, int j, int i) const {
    return u(0, k, j, i) * u(0, k, j, i);
  }
};
struct Product {
  StateView<double> u, v;
  KOKKOS_FORCEINLINE_FUNCTION double operator()(int k, int j, int i) const {
    return u(0, k, j, i) * v(0, k, j, i);
  }
};
/// z with two others.
struct Products {
  StateView<double> z, u, v;
  KOKKOS_FORCEINLINE_FUNCTION Kokkos::Array<double, 2> operator()(int k, int j, int i) const {
    const double here = z(0, k, j, i);
    return {here * u(0, k, j, i), here * v(0, k, j, i)};
  }
};
/// to = from + factor to.
struct AddScaled {
  StateView<double> from, to;
  double factor;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    to(0, c.k, c.j, c.i) = from(0, c.k, c.j, c.i) + factor * to(0, c.k, c.j, c.i);
  }
};
/// u += step p, r -= step A p.
struct Advance {
  StateView<double> p, image, u, r;
  double step;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    u(0, c.k, c.j, c.i) += step * p(0, c.k, c.j, c.i);
    r(0, c.k, c.j, c.i) -= step * image(0, c.k, c.j, c.i);
  }
};
/// What is bound from outside: the sink, and faces beyond which no cell lies.
struct Bound {
  Conductances<double> of;
  Cells cells;
  Kokkos::Array<bool, 6> ends;
  int dimensions;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    double sum = of.sink(0, k, j, i);
    const int at[3] = {k, j, i};
    for (int a = 0; a < dimensions; ++a) {
      const int axis = a + 3 - dimensions;
      if (ends[2 * axis] && at[axis] == cells.begin[axis]) sum += of.faces(a, k, j, i);
      if (ends[2 * axis + 1] && at[axis] + 1 == cells.end[axis])
        sum += of.faces(a, k + (axis == 0), j + (axis == 1), i + (axis == 2));
    }
    return sum;
  }
};

}  // namespace detail

namespace {

Conductances<double> with_diagonal(const Grid& grid, Conductances<double> of) {
  exchange_faces(grid, of.faces);
  HaloExchange<double>(grid, 1).exchange(of.sink);
  set_diagonal(grid, of);
  return of;
}

/// Coefficients further apart than this ask for a V-cycle in double precision: of what flows between two regions single
/// precision keeps nothing where they conduct 1e6 times as well themselves.
constexpr double most_in_single = 1e3;

/// A residual of so many times the source comes from a guess far off.
constexpr double far = 1e2;

std::variant<VCycle<float>, VCycle<double>> cycle_of(const Grid& grid, const Conductances<double>& of, int steps) {
  const detail::Spread spread{of.faces, grid.dimensions};
  const double largest = max_over_ranks(grid, local_max("multigrid.largest", grid.cells, spread));
  const double smallest = -max_over_ranks(grid, local_max("multigrid.smallest", grid.cells, detail::Smallest{spread}));
  if (largest <= most_in_single * smallest) return VCycle<float>(grid, of, steps);
  return VCycle<double>(grid, of, steps);
}

}  // namespace

DiffusionSolver::DiffusionSolver(const Grid& grid, Conductances<double> of, int smoothing_steps)
    : grid_(grid), of_(with_diagonal(grid, std::move(of))), cycle_(cycle_of(grid, of_, smoothing_steps)),
      halo_(grid, 1),
      residual_(make_state<double>("multigrid.r", grid, 1)), direction_(make_state<double>("multigrid.p", grid, 1)),
      image_(make_state<double>("multigrid.q", grid, 1)), correction_(make_state<double>("multigrid.z", grid, 1)) {
  Kokkos::Array<bool, 6> ends{};
  for (int axis = 0; axis < 3; ++axis)
    for (int side = 0; side < 2; ++side) ends[2 * axis + side] = grid.at_boundary(axis, side);
  const double bound = max_over_ranks(
      grid, local_max("multigrid.bound", grid.cells, detail::Bound{of_, grid.cells, ends, grid.dimensions}));
  if (!(bound > 0))
    fail<ConfigError>("multigrid", "no boundary is held and nothing drains: any constant may be added to the solution");
}

Convergence DiffusionSolver::solve(const StateView<double>& f, const StateView<double>& u, double tolerance, int most) {
  using detail::AddScaled;
  const double norm = std::sqrt(reduce_sum("multigrid.norm", grid_, detail::Square{f}));
  if (norm == 0) {
    Kokkos::deep_copy(Device(), u, 0.0);
    return {};
  }
  const double goal = tolerance * norm;
  Convergence done;
  double size = form_residual(f, u), first_size = size, step = 0, product = 0;
  bool first = true;
  while (true) {
    if (size <= goal && first_size > far * norm) {
      first_size = size = form_residual(f, u);
      first = true;
    }
    done.residual = size / norm;
    if (!std::isfinite(size))
      fail<NumericalError>("multigrid", "the residual is not finite after ", done.iterations, " iterations");
    if (size <= goal) return done;
    if (done.iterations == most)
      fail<NumericalError>("multigrid", "the residual is ", done.residual, " of the source after ", most,
                           " iterations, more than the tolerance ", tolerance, "; give a larger one");
    std::visit([&](auto& cycle) { cycle.apply(residual_, size, correction_); }, cycle_);
    const auto [now, changed] =
        reduce_sums<2>("multigrid.products", grid_, detail::Products{correction_, residual_, image_});
    const double keep = first ? 0 : -step * changed / product;
    first = false;
    product = now;
    for_each_cell("multigrid.direction", grid_.cells, AddScaled{correction_, direction_, keep});
    halo_.exchange(direction_);
    apply(grid_, of_, direction_, image_);
    step = product / reduce_sum("multigrid.energy", grid_, detail::Product{direction_, image_});
    for_each_cell("multigrid.advance", grid_.cells, detail::Advance{direction_, image_, u, residual_, step});
    size = std::sqrt(reduce_sum("multigrid.norm", grid_, detail::Square{residual_}));
    ++done.iterations;
  }
}

double DiffusionSolver::form_residual(const StateView<double>& f, const StateView<double>& u) {
  halo_.exchange(u);
  apply(grid_, of_, u, residual_);
  for_each_cell("multigrid.residual", grid_.cells, detail::AddScaled{f, residual_, -1});
  return std::sqrt(reduce_sum("multigrid.norm", grid_, detail::Square{residual_}));
}

}  // namespace marea::multigrid
