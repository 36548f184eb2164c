// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/heat_conduction/implicit_step.hpp>

#include <cmath>

namespace marea::heat_conduction {
namespace detail {

/// to = f - to.
struct Remainder {
  StateView<double> f, to;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const { to(0, k, j, i) = f(0, k, j, i) - to(0, k, j, i); }
};
/// to += factor from.
struct Add {
  StateView<double> from, to;
  double factor;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const { to(0, k, j, i) += factor * from(0, k, j, i); }
};
/// to = factor from.
struct Scale {
  StateView<double> from, to;
  double factor;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const { to(0, k, j, i) = factor * from(0, k, j, i); }
};

}  // namespace detail

ImplicitStep::ImplicitStep(const Grid& grid, const multigrid::Conductances<double>& of,
                           const StateView<double>& capacity, bool second_order)
    : grid_(grid), of_(of), capacity_(capacity), change_(make_state<double>("heat_conduction.change", grid, 1)),
      residual_(make_state<double>("heat_conduction.residual", grid, 1)), halo_(grid, 1), second_order_(second_order) {
  multigrid::exchange_faces(grid, of_.faces);
  multigrid::set_diagonal(grid, of_);
}

void ImplicitStep::prepare(double h) {
  if (h == prepared_) return;
  multigrid::Conductances<double> with_sink = multigrid::make_conductances<double>(grid_);
  with_sink.faces = of_.faces;
  for_each_cell("heat_conduction.sink", grid_.cells, detail::Scale{capacity_, with_sink.sink, 1 / h});
  solver_.emplace(grid_, with_sink);
  prepared_ = h;
}

multigrid::Convergence ImplicitStep::find_change(const StateView<double>& f, const StateView<double>& u,
                                                 double tolerance) {
  halo_.exchange(u);
  multigrid::apply(grid_, of_, u, residual_);
  for_each_cell("heat_conduction.remainder", grid_.cells, detail::Remainder{f, residual_});
  Kokkos::deep_copy(Device(), change_, 0.0);
  return solver_->solve(residual_, change_, tolerance);
}

multigrid::Convergence ImplicitStep::step(const StateView<double>& f, const StateView<double>& u, double dt,
                                          double tolerance) {
  const double gamma = second_order_ ? 1 - std::sqrt(0.5) : 1;
  prepare(gamma * dt);
  multigrid::Convergence done = find_change(f, u, tolerance);
  if (second_order_) {
    for_each_cell("heat_conduction.stage", grid_.cells, detail::Add{change_, u, (1 - gamma) / gamma});
    const multigrid::Convergence second = find_change(f, u, tolerance);
    done = {done.iterations + second.iterations, second.residual};
  }
  for_each_cell("heat_conduction.stage", grid_.cells, detail::Add{change_, u, 1});
  return done;
}

}  // namespace marea::heat_conduction
