// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/multigrid/chebyshev.hpp>

namespace marea::multigrid {
namespace detail {

/// The first step from u = 0, which reads no neighbour.
template <class Real> struct FirstOfZero {
  StateView<Real> diagonal, f, direction, u;
  Real weight;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    const Real d = weight * f(0, c.k, c.j, c.i) / diagonal(0, c.k, c.j, c.i);
    direction(0, c.k, c.j, c.i) = d;
    u(0, c.k, c.j, c.i) = d;
  }
};

/// d = keep d + weight D^-1 (f - A u), out = u + d.
template <class Real, int dimensions> struct Step {
  NeighbourSum<Real, Real, dimensions> neighbours;
  StateView<Real> diagonal, f, direction, u, out;
  Real keep, weight;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    const Real here = u(0, c.k, c.j, c.i);
    const Real relaxed = (f(0, c.k, c.j, c.i) + neighbours(c)) / diagonal(0, c.k, c.j, c.i);
    const Real d = keep * direction(0, c.k, c.j, c.i) + weight * (relaxed - here);
    direction(0, c.k, c.j, c.i) = d;
    out(0, c.k, c.j, c.i) = here + d;
  }
};

}  // namespace detail

namespace {

constexpr double largest_eigenvalue = 2;

/// Coefficients of step n = 0, 1, …
double keep_of(int n) { return n == 0 ? 0 : (2.0 * n - 1) / (2.0 * n + 3); }
double weight_of(int n) { return (8.0 * n + 4) / ((2.0 * n + 3) * largest_eigenvalue); }

}  // namespace

template <class Real>
Chebyshev<Real>::Chebyshev(const Grid& grid, const Conductances<Real>& of)
    : grid_(grid), of_(of), direction_(make_state<Real>("multigrid.direction", grid, 1)),
      other_(make_state<Real>("multigrid.other", grid, 1)) {}

template <class Real>
void Chebyshev<Real>::steps(int from, int degree, const StateView<Real>& f, const StateView<Real>& u,
                      HaloExchange<Real>& halo) {
  StateView<Real> now = u, next = other_;
  for (int n = from; n < degree; ++n) {
    halo.exchange(now);
    with_dimensions(grid_.dimensions, [&](auto d) {
      for_each_cell("multigrid.smooth", grid_.cells,
                    detail::Step<Real, d>{{of_.faces, now}, of_.diagonal, f, direction_, now, next, Real(keep_of(n)),
                                    Real(weight_of(n))});
    });
    std::swap(now, next);
  }
  if (now.data() != u.data()) Kokkos::deep_copy(Device(), u, now);
}

template <class Real>
void Chebyshev<Real>::smooth_zero(int degree, const StateView<Real>& f, const StateView<Real>& u,
                            HaloExchange<Real>& halo) {
  for_each_cell("multigrid.smooth_zero", grid_.cells,
                detail::FirstOfZero<Real>{of_.diagonal, f, direction_, u, Real(weight_of(0))});
  steps(1, degree, f, u, halo);
}

template <class Real>
void Chebyshev<Real>::smooth(int degree, const StateView<Real>& f, const StateView<Real>& u, HaloExchange<Real>& halo) {
  steps(0, degree, f, u, halo);
}

template class Chebyshev<float>;
template class Chebyshev<double>;

}  // namespace marea::multigrid
