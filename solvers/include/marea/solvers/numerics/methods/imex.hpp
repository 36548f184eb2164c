// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <marea/solvers/numerics/methods/system.hpp>

namespace marea {

/// What an implicit-explicit method asks of du/dt = F(u, t) + G(u, t), G the stiff part.
///
/// explicit_tendency  writes F(u, t) to `out`; fills ghosts of u first where there are any
/// solve_implicit     writes the u with u - gamma_dt G(u, t) = rhs to `out`, another array than rhs; G itself is never
///                    asked for
template <class S>
concept ImexSystem = System<S> && requires(S s, const typename S::State& u, double t) {
  s.explicit_tendency(u, t, u);
  s.solve_implicit(u, t, t, u);
};

namespace detail {

template <class T, class Real, int Terms> struct ImexSum {
  const T* start;
  T* out;
  Kokkos::Array<const T*, Terms> term;
  Kokkos::Array<Real, Terms> weight;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const {
    T sum = start[n];
    for (int m = 0; m < Terms; ++m) sum += weight[m] * term[m][n];
    out[n] = sum;
  }
};

template <class T> struct ImexIncrement {
  const T* u;
  T* rhs;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const { rhs[n] = u[n] - rhs[n]; }
};

/// Steps by the tableaux of Method, whose last stage is the end of the step. Keeps one array of F a stage, one of
/// gamma dt G (what the solve has added) a stage but the last, and one more.
template <class Method, ImexSystem S> class ImexStepper {
 public:
  explicit ImexStepper(S& system) : stage_(system.make_like("imex.stage")) {
    for (int s = 0; s < stages; ++s) explicit_.push_back(system.make_like("imex.explicit"));
    for (int s = 1; s < stages; ++s) implicit_.push_back(system.make_like("imex.implicit"));
  }

  void step(S& system, double t, double dt) {
    system.explicit_tendency(system.state(), t, explicit_[0]);
    advance(system, t, dt, std::make_integer_sequence<int, stages - 1>{});
    right_hand_side<stages>(system, dt, stage_);
    system.solve_implicit(stage_, t + dt, Method::gamma * dt, system.state());
  }

 private:
  using T = typename S::State::value_type;
  using Real = ElementReal<typename S::State>;
  static constexpr int stages = Method::stages;

  template <int... Before> void advance(S& system, double t, double dt, std::integer_sequence<int, Before...>) {
    (inner_stage<Before + 1>(system, t + Method::c[Before] * dt, dt), ...);
  }

  /// Stage 1, 2, … at time t.
  template <int Stage> void inner_stage(S& system, double t, double dt) {
    const typename S::State& rhs = implicit_[Stage - 1];
    right_hand_side<Stage>(system, dt, rhs);
    system.solve_implicit(rhs, t, Method::gamma * dt, stage_);
    system.for_each("imex.increment", ImexIncrement<T>{stage_.data(), rhs.data()});
    system.explicit_tendency(stage_, t, explicit_[Stage]);
  }

  template <int Stage> void right_hand_side(S& system, double dt, const typename S::State& out) {
    ImexSum<T, Real, 2 * Stage - 1> sum{system.state().data(), out.data(), {}, {}};
    for (int j = 0; j < Stage; ++j) {
      sum.term[j] = explicit_[j].data();
      sum.weight[j] = Real(dt * Method::explicit_weights[Stage - 1][j]);
    }
    for (int j = 0; j + 1 < Stage; ++j) {
      sum.term[Stage + j] = implicit_[j].data();
      sum.weight[Stage + j] = Real(Method::implicit_weights[Stage - 1][j] / Method::gamma);
    }
    system.for_each("imex.sum", sum);
  }

  typename S::State stage_;
  std::vector<typename S::State> explicit_, implicit_;
};

}  // namespace detail

/// Implicit-explicit Runge-Kutta methods ARS(s, s, p): row s of the explicit weights holds those of F at the start and
/// at the stages before s, row s of the implicit weights those of G at the stages up to s, whose diagonal is gamma.
/// L-stable in G; the last stage ends the step, so that G = lambda (u - g) with lambda dt to -infinity gives u = g.
/// There the order in a variable that G binds to a function of time falls to 1 with a factor 1 / |lambda| (E. Hairer,
/// G. Wanner (1996), doi:10.1007/978-3-642-05221-7, section IV.15); one that G binds to the others keeps its order.
/// F alone: ARS(2,2,2) is stable nowhere on the imaginary axis but at 0, ARS(4,4,3) up to 1.57: the one for advection.
/// Source: U. M. Ascher, S. J. Ruuth, R. J. Spiteri (1997), doi:10.1016/S0168-9274(97)00056-1, sections 2.6 and 2.8.
struct ImexArs222 {
  static constexpr int order = 2, stages = 2;
  static constexpr double gamma = 0.29289321881345247560;   ///< 1 - 1 / sqrt(2)
  static constexpr double delta = -0.70710678118654752440;  ///< 1 - 1 / (2 gamma)
  static constexpr std::array<double, 2> c{gamma, 1};       ///< time of the stages
  static constexpr std::array<std::array<double, 2>, 2> explicit_weights{{{gamma, 0}, {delta, 1 - delta}}};
  static constexpr std::array<std::array<double, 2>, 2> implicit_weights{{{gamma, 0}, {1 - gamma, gamma}}};
  template <ImexSystem S> using Stepper = detail::ImexStepper<ImexArs222, S>;
};
struct ImexArs443 {
  static constexpr int order = 3, stages = 4;
  static constexpr double gamma = 0.5;
  static constexpr std::array<double, 4> c{0.5, 2.0 / 3, 0.5, 1};
  static constexpr std::array<std::array<double, 4>, 4> explicit_weights{
      {{0.5, 0, 0, 0}, {11.0 / 18, 1.0 / 18, 0, 0}, {5.0 / 6, -5.0 / 6, 0.5, 0}, {0.25, 1.75, 0.75, -1.75}}};
  static constexpr std::array<std::array<double, 4>, 4> implicit_weights{
      {{0.5, 0, 0, 0}, {1.0 / 6, 0.5, 0, 0}, {-0.5, 0.5, 0.5, 0}, {1.5, -1.5, 0.5, 0.5}}};
  template <ImexSystem S> using Stepper = detail::ImexStepper<ImexArs443, S>;
};

}  // namespace marea
