// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <utility>

#include <marea/solvers/grid/loops.hpp>

namespace marea {

/// Runge-Kutta-Legendre method of second order in `stages` evaluations of L, for du/dt = L u whose eigenvalues are real
/// and negative: s stages reach (s^2 + s - 2) / 4 times as far as Euler's method, so that a long step costs the square
/// root of what many short ones do.
///
/// Source: C. D. Meyer, D. S. Balsara, T. D. Aslam, A stabilized Runge-Kutta-Legendre method for explicit
/// super-time-stepping of parabolic and mixed equations (2014), doi:10.1016/j.jcp.2013.08.021
struct Rkl2 {
  /// Weights of stage j in 1 … stages: of the last stage, the one before, the start, the first stage, and dt L(last).
  struct Weights {
    double last, before, start, first, rate;
  };
  static constexpr double b(int j) { return j < 3 ? 1.0 / 3 : (j * j + j - 2.0) / (2.0 * j * (j + 1)); }
  static constexpr Weights weights(int stages, int j) {
    const double w = 4.0 / (stages * stages + stages - 2.0), first = b(1) * w;
    if (j == 1) return {1, 0, 0, 0, first};
    const double mu = (2.0 * j - 1) / j * b(j) / b(j - 1), nu = -(j - 1.0) / j * b(j) / b(j - 2);
    const double of_start = -(1 - b(j - 1)) * mu * w;  // of dt L(start), which is (first stage - start) / first
    return {mu, nu, 1 - mu - nu - of_start / first, of_start / first, mu * w};
  }
  /// The fewest stages, at least 2, for a step of `euler_steps` times Euler's longest stable one.
  static constexpr int stages(double euler_steps) {
    int s = 2;
    while (s * s + s - 2 < 4 * euler_steps) ++s;
    return s;
  }
};

namespace detail {

template <class Real, class Rate> struct Rkl2Stage {
  Rate rate;
  StateView<Real> last, before, start, first, out;
  Real of_last, of_before, of_start, of_first, of_rate;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    out(0, c.k, c.j, c.i) = of_last * last(0, c.k, c.j, c.i) + of_before * before(0, c.k, c.j, c.i) +
                            of_start * start(0, c.k, c.j, c.i) + of_first * first(0, c.k, c.j, c.i) + of_rate * rate(c);
  }
};

}  // namespace detail

/// The three arrays of a variable that steps of Rkl2 need.
template <class Real> class Rkl2Stepper {
 public:
  explicit Rkl2Stepper(const Grid& grid)
      : cells_(grid.cells),
        first_(make_state<Real>("rkl2.first", grid, 1)),
        even_(make_state<Real>("rkl2.even", grid, 1)),
        odd_(make_state<Real>("rkl2.odd", grid, 1)) {}

  /// Advances the one variable of u by dt. `fill(y)` fills the ghosts that L reads; `rate(y)` gives the functor of a
  /// Cell that is L(y) there.
  template <class Fill, class MakeRate>
  void step(const StateView<Real>& u, double dt, int stages, const Fill& fill, const MakeRate& rate) {
    StateView<Real> last = u, before = u;
    for (int j = 1; j <= stages; ++j) {
      const Rkl2::Weights w = Rkl2::weights(stages, j);
      const StateView<Real> out = j == stages ? u : j == 1 ? first_ : j % 2 == 0 ? even_ : odd_;
      fill(last);
      auto functor = rate(last);
      for_each_cell("rkl2.stage", cells_,
                    detail::Rkl2Stage<Real, decltype(functor)>{std::move(functor), last, before, u, j == 1 ? u : first_,
                                                               out, Real(w.last), Real(w.before), Real(w.start),
                                                               Real(w.first), Real(w.rate * dt)});
      before = last;
      last = out;
    }
  }

 private:
  Cells cells_;
  StateView<Real> first_, even_, odd_;
};

}  // namespace marea
