// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <optional>
#include <string>

#include <marea/solvers/numerics/multigrid/solve.hpp>

namespace marea::heat_conduction {

/// Implicit steps of C du/dt = f - A u, each stage of which finds the change of u by multigrid.
///
/// backward_euler: first order. sdirk2: two stages, second order, L-stable and stiffly accurate.
/// Source: R. Alexander, Diagonally implicit Runge-Kutta methods for stiff O.D.E.'s (1977), doi:10.1137/0714068
class ImplicitStep {
 public:
  /// `of` is A without a sink; `capacity` is C of every cell. Both are kept. Collective.
  ImplicitStep(const Grid& grid, const multigrid::Conductances<double>& of, const StateView<double>& capacity,
               bool second_order);

  /// Advances u by dt; each stage to the tolerance, a share of what drives it. Collective.
  multigrid::Convergence step(const StateView<double>& f, const StateView<double>& u, double dt, double tolerance);

 private:
  /// change = (C / h + A)^-1 (f - A u).
  multigrid::Convergence find_change(const StateView<double>& f, const StateView<double>& u, double tolerance);
  void prepare(double h);

  Grid grid_;
  multigrid::Conductances<double> of_;
  StateView<double> capacity_, change_, residual_;
  HaloExchange<double> halo_;
  bool second_order_;
  double prepared_ = 0;  ///< h of the solver
  std::optional<multigrid::DiffusionSolver> solver_;
};

}  // namespace marea::heat_conduction
