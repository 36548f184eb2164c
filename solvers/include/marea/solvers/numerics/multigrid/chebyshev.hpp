// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/solvers/numerics/multigrid/conductances.hpp>

namespace marea::multigrid {

/// Chebyshev polynomials of the fourth kind in D^-1 A as a smoother: a symmetric one, without any bound but the largest
/// eigenvalue of D^-1 A, which is at most 2 for these equations (Gershgorin).
///
/// Source: J. Lottes, Optimal polynomial smoothers for multigrid V-cycles (2023), doi:10.1002/nla.2518.
template <class Real> class Chebyshev {
 public:
  Chebyshev(const Grid& grid, const Conductances<Real>& of);

  /// u = what `degree` steps from 0 make of A u = f.
  void smooth_zero(int degree, const StateView<Real>& f, const StateView<Real>& u, HaloExchange<Real>& halo);
  /// `degree` steps from u; its ghosts need not be filled.
  void smooth(int degree, const StateView<Real>& f, const StateView<Real>& u, HaloExchange<Real>& halo);

 private:
  void steps(int from, int degree, const StateView<Real>& f, const StateView<Real>& u, HaloExchange<Real>& halo);

  Grid grid_;
  Conductances<Real> of_;
  StateView<Real> direction_, other_;
};

extern template class Chebyshev<float>;
extern template class Chebyshev<double>;

}  // namespace marea::multigrid
