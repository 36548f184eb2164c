// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <optional>
#include <utility>

#include <marea/solvers/numerics/multigrid/solve.hpp>

namespace marea::multigrid {

/// Adds what the off-diagonal terms of a conductivity tensor bring into every cell; ghosts of u from other cells are
/// filled.
using CrossTerms = std::function<void(const StateView<double>& u, const StateView<double>& to)>;

/// Implicit steps of C du/dt = f - A u + X u, each stage of which finds the change of u by multigrid. Off-diagonal
/// terms X are deferred: solutions of C / h + A are repeated with X of the last one until the residual of the whole
/// stage is within the tolerance. That converges for any step, for X is bounded by A where the tensor is positive.
///
/// backward_euler: first order. sdirk2: two stages, second order, L-stable and stiffly accurate.
/// Source: R. Alexander, Diagonally implicit Runge-Kutta methods for stiff O.D.E.'s (1977), doi:10.1137/0714068
class ImplicitStep {
 public:
  /// `of` is A without a sink; `capacity` is C of every cell; `cross`: X. All are kept. Collective.
  ImplicitStep(const Grid& grid, const Conductances<double>& of, const StateView<double>& capacity, bool second_order,
               CrossTerms cross = {});

  /// Advances u by dt; each stage to the tolerance, a share of what drives it. Collective.
  Convergence step(const StateView<double>& f, const StateView<double>& u, double dt, double tolerance);

 private:
  /// change = (C / h + A - X)^-1 (f - A u + X u).
  Convergence find_change(const StateView<double>& f, const StateView<double>& u, double tolerance);
  void prepare(double h);

  Grid grid_;
  Conductances<double> of_;
  StateView<double> capacity_, change_, residual_, driven_;
  CrossTerms cross_;
  HaloExchange<double> halo_;
  bool second_order_;
  double prepared_ = 0;  ///< h of the solver
  std::optional<DiffusionSolver> solver_;
};

}  // namespace marea::multigrid
