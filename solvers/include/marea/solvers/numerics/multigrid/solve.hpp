// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <variant>

#include <marea/solvers/numerics/multigrid/v_cycle.hpp>

namespace marea::multigrid {

/// What a solution took and left.
struct Convergence {
  int iterations = 0;
  double residual = 0;  ///< |f - A u| / |f|
};

/// Conjugate gradients preconditioned by one V-cycle for -div(K grad u) + c u = f: double precision, sums exact, so
/// that
/// the bits of the solution depend neither on ranks nor on threads.
///
/// Source: Y. Notay, Flexible conjugate gradients (2000), doi:10.1137/S1064827599362314, for the form of beta that
/// allows a preconditioner in single precision.
class DiffusionSolver {
 public:
  /// `of` has the faces of interior cells, high faces beyond the last ones too, and the sink; it is kept, its ghosts
  /// and
  /// diagonal are set here. Throws ConfigError where the equations are singular: no face is
  /// held and there is no sink. Collective.
  DiffusionSolver(const Grid& grid, Conductances<double> of, int smoothing_steps = 2);

  /// u solves A u = f from the present u until |f - A u| <= tolerance |f| in the Euclidean norm, however far the first
  /// u is: the residual that steps update is formed anew where the first one was so large that its rounding may matter.
  /// Ghosts beyond a physical boundary are 0. Throws NumericalError when that takes more than `most` iterations, or a
  /// value is not finite. Collective.
  Convergence solve(const StateView<double>& f, const StateView<double>& u, double tolerance, int most = 200);

  const Grid& grid() const { return grid_; }

 private:
  /// residual_ = f - A u; its norm.
  double form_residual(const StateView<double>& f, const StateView<double>& u);

  Grid grid_;
  Conductances<double> of_;
  std::variant<VCycle<float>, VCycle<double>> cycle_;
  HaloExchange<double> halo_;
  StateView<double> residual_, direction_, image_, correction_;
};

}  // namespace marea::multigrid
