// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <vector>

#include <marea/solvers/numerics/multigrid/chebyshev.hpp>
#include <marea/solvers/numerics/multigrid/coarsen.hpp>

namespace marea::multigrid {

/// One V-cycle for -div(K grad u) + c u = f as a preconditioner: symmetric, positive definite and fixed, in single
/// precision where the coefficients differ little, whatever the equations have. Coarse grids are cut like the fine one
/// down to a few cells a rank; from there
/// on every rank has the whole of them, so that the bits do not depend on the ranks.
template <class Real> class VCycle {
 public:
  /// `of` has faces and sink with ghosts filled, and is positive definite; `smoothing_steps`: degree of the
  /// smoother before and after. Collective.
  VCycle(const Grid& grid, const Conductances<double>& of, int smoothing_steps = 2);

  /// z = M^-1 r; `scale`: about the size of r, so that single precision holds it. Collective.
  void apply(const StateView<double>& r, double scale, const StateView<double>& z);

 private:
  struct Level {
    Level(Grid grid, Conductances<Real> conductances);
    Grid grid;
    Conductances<Real> of;
    Chebyshev<Real> smoother;
    HaloExchange<Real> halo;
    StateView<Real> u, f, residual;
    bool gather = false;        ///< the next level is the same grid, whole on every rank
    Merging merging;            ///< to the next level, where it does not gather
    StateView<Real> weights;
  };
  void add_levels();
  void descend(std::size_t level);

  int smoothing_steps_;
  std::vector<std::unique_ptr<Level>> levels_;
};

extern template class VCycle<float>;
extern template class VCycle<double>;

}  // namespace marea::multigrid
