// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <vector>

#include <marea/solvers/numerics/methods/system.hpp>

namespace marea {

/// Coefficients of one stage in Shu and Osher's form: out = a u0 + b (u + dt L(u, t + c dt)).
struct SspStage {
  double a, b, c;
};

/// What SSP Runge-Kutta asks of du/dt = L(u, t): tendency writes L(u, t) to `dudt`. It fills ghosts of u first where
/// there are any: halo, then boundary, then equations.
template <class S>
concept SspSystem = System<S> && requires(S s, const typename S::State& u, double t) { s.tendency(u, t, u); };

namespace detail {

template <class T, class Real> struct SspCombine {
  const T *start, *u, *tendency;
  T* out;
  Real a, b, dt;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const {
    out[n] = a * start[n] + b * (u[n] + dt * tendency[n]);
  }
};

/// Steps by the table Method::stages. One array a stage but the last, and one for the tendency.
template <class Method, SspSystem S> class SspStepper {
 public:
  explicit SspStepper(S& system) : tendency_(system.make_like("ssp.tendency")) {
    while (stages_.size() + 1 < Method::stages.size()) stages_.push_back(system.make_like("ssp.stage"));
  }

  void step(S& system, double t, double dt) {
    const typename S::State& state = system.state();
    const typename S::State* u = &state;
    for (std::size_t s = 0; s < Method::stages.size(); ++s) {
      const SspStage& stage = Method::stages[s];
      // The last stage reads the start of the step at its own element only, so it may write over it.
      const typename S::State& out = s + 1 == Method::stages.size() ? state : stages_[s];
      system.tendency(*u, t + stage.c * dt, tendency_);
      system.for_each("ssp.combine", SspCombine<T, Real>{state.data(), u->data(), tendency_.data(), out.data(),
                                                         Real(stage.a), Real(stage.b), Real(dt)});
      u = &out;
    }
  }

 private:
  using T = typename S::State::value_type;
  using Real = ElementReal<typename S::State>;
  typename S::State tendency_;
  std::vector<typename S::State> stages_;  ///< no array: GCC 12 leaves an array of Kokkos 4.6's views without a value
};

}  // namespace detail

/// Strong-stability-preserving Runge-Kutta methods of optimal Courant number 1.
/// Source: S. Gottlieb, C.-W. Shu, E. Tadmor (2001), doi:10.1137/S003614450036757X, eqs. (4.1) and (4.2).
struct SspRk2 {
  static constexpr int order = 2;
  static constexpr std::array<SspStage, 2> stages{{{0, 1, 0}, {0.5, 0.5, 1}}};
  template <SspSystem S> using Stepper = detail::SspStepper<SspRk2, S>;
};
struct SspRk3 {
  static constexpr int order = 3;
  static constexpr std::array<SspStage, 3> stages{{{0, 1, 0}, {0.75, 0.25, 1}, {1.0 / 3.0, 2.0 / 3.0, 0.5}}};
  template <SspSystem S> using Stepper = detail::SspStepper<SspRk3, S>;
};

/// A table of stages.
template <class T>
concept SspMethod = requires {
  { T::order } -> std::convertible_to<int>;
  { T::stages[0] } -> std::convertible_to<SspStage>;
};

}  // namespace marea
