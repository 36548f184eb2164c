// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <vector>

#include <marea/solvers/engineering/reaction_diffusion/tissue.hpp>
#include <marea/solvers/grid/halo_exchange.hpp>
#include <marea/solvers/numerics/methods/rkl2.hpp>
#include <marea/solvers/numerics/multigrid/implicit_step.hpp>

namespace marea::reaction_diffusion {

/// dq/dt = D div(K grad q) of one variable, insulated ends, second order in space and time, stable for steps of any
/// length.
template <class Real> class Diffusion {
 public:
  /// Keeps the tissue. Collective.
  Diffusion(const Grid& grid, const Tissue& tissue, double diffusivity, bool implicit, double tolerance);

  /// Advances the one variable of q. Collective.
  void step(const StateView<Real>& q, double dt);

 private:
  void step_explicit(const StateView<Real>& q, double dt);
  void step_implicit(const StateView<Real>& q, double dt);
  void fill(const StateView<Real>& q);

  Grid grid_;
  Tissue tissue_;
  double diffusivity_, tolerance_;
  double euler_ = 0;  ///< longest step of Euler's method
  HaloExchange<Real> halo_;
  std::unique_ptr<Rkl2Stepper<Real>> explicit_;
  StateView<Real> faces_, cross_;  ///< in the precision of the state, times the diffusivity over the volume
  std::unique_ptr<multigrid::ImplicitStep> implicit_;
  StateView<double> none_, work_;
};

extern template class Diffusion<double>;
extern template class Diffusion<float>;

}  // namespace marea::reaction_diffusion
