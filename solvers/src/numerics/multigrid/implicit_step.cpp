// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/multigrid/implicit_step.hpp>

#include <cmath>

#include <marea/io/error.hpp>

namespace marea::multigrid {
namespace detail {

/// to = f - to.
struct StageRemainder {
  StateView<double> f, to;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const { to(0, k, j, i) = f(0, k, j, i) - to(0, k, j, i); }
};
/// to += factor from.
struct AddStage {
  StateView<double> from, to;
  double factor;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const { to(0, k, j, i) += factor * from(0, k, j, i); }
};
/// to = factor from.
struct StageSink {
  StateView<double> from, to;
  double factor;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const { to(0, k, j, i) = factor * from(0, k, j, i); }
};

}  // namespace detail

namespace {

/// Solutions of one stage with off-diagonal terms: more would mean a tensor that is not positive.
constexpr int most_repeats = 200;

}  // namespace

ImplicitStep::ImplicitStep(const Grid& grid, const Conductances<double>& of, const StateView<double>& capacity,
                           bool second_order, CrossTerms cross)
    : grid_(grid),
      of_(of),
      capacity_(capacity),
      change_(make_state<double>("multigrid.change", grid, 1)),
      residual_(make_state<double>("multigrid.residual", grid, 1)),
      driven_(make_state<double>("multigrid.driven", grid, 1)),
      cross_(std::move(cross)),
      halo_(grid, 1),
      second_order_(second_order) {
  exchange_faces(grid, of_.faces);
  set_diagonal(grid, of_);
}

void ImplicitStep::prepare(double h) {
  if (h == prepared_) return;
  Conductances<double> with_sink = make_conductances<double>(grid_);
  with_sink.faces = of_.faces;
  for_each_cell("multigrid.sink", grid_.cells, detail::StageSink{capacity_, with_sink.sink, 1 / h});
  solver_.emplace(grid_, with_sink);
  prepared_ = h;
}

Convergence ImplicitStep::find_change(const StateView<double>& f, const StateView<double>& u, double tolerance) {
  halo_.exchange(u);
  apply(grid_, of_, u, residual_);
  for_each_cell("multigrid.remainder", grid_.cells, detail::StageRemainder{f, residual_});
  Kokkos::deep_copy(Device(), change_, 0.0);
  if (!cross_) return solver_->solve(residual_, change_, tolerance);
  cross_(u, residual_);
  Convergence done;
  for (int repeat = 0; repeat < most_repeats; ++repeat) {
    halo_.exchange(change_);
    Kokkos::deep_copy(Device(), driven_, residual_);
    cross_(change_, driven_);
    const Convergence one = solver_->solve(driven_, change_, tolerance);
    done = {done.iterations + one.iterations, one.residual};
    if (one.iterations == 0) return done;
  }
  fail<NumericalError>("multigrid", "off-diagonal terms do not converge to the tolerance ", tolerance, " in ",
                       most_repeats, " solutions; give a shorter step");
}

Convergence ImplicitStep::step(const StateView<double>& f, const StateView<double>& u, double dt, double tolerance) {
  const double gamma = second_order_ ? 1 - std::sqrt(0.5) : 1;
  prepare(gamma * dt);
  Convergence done = find_change(f, u, tolerance);
  if (second_order_) {
    for_each_cell("multigrid.stage", grid_.cells, detail::AddStage{change_, u, (1 - gamma) / gamma});
    const Convergence second = find_change(f, u, tolerance);
    done = {done.iterations + second.iterations, second.residual};
  }
  for_each_cell("multigrid.stage", grid_.cells, detail::AddStage{change_, u, 1});
  return done;
}

}  // namespace marea::multigrid
