// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <string_view>

#include <Kokkos_Core.hpp>

#include <marea/io/options.hpp>

// Local reactions: what du/dt is where nothing diffuses. Each has the number of its variables and of those that diffuse
// (the first ones), their diffusivities, the state that initial profiles are added to, and a step that resolves it.
namespace marea::reaction_diffusion {

/// At most so many variables.
inline constexpr int max_variables = 4;
using Values = Kokkos::Array<double, max_variables>;

/// Two stable states, 0 and 1, between which a front runs at (1 - 2 threshold) sqrt(rate D / 2).
/// Source: J. D. Murray, Mathematical Biology I (2002), doi:10.1007/b98868, section 13.4
struct Bistable {
  static constexpr std::string_view name = "bistable";
  static constexpr int variables = 1, diffusing = 1;
  double rate = 1, threshold = 0.25;
  static constexpr Values diffusivity{1}, base{};
  static constexpr double time_step = 0.1;
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION void operator()(const Real* q, Real* dq) const {
    dq[0] = Real(rate) * q[0] * (Real(1) - q[0]) * (q[0] - Real(threshold));
  }
};
template <class Visitor> void visit(Visitor&& v, Bistable& o) {
  v("rate", o.rate, {"of the reaction", "s-1", at_least(0)});
  v("threshold", o.threshold, {"above which u grows to 1", "1", between(0, 1, Ends::open)});
}

/// FitzHugh and Nagumo's equations as PDEBench sets them: u - u^3 - k - v and u - v, with D = 1e-3 and 5e-3.
/// Source: M. Takamoto et al., PDEBench (2022), arXiv:2210.07182, appendix D
struct FitzHughNagumo {
  static constexpr std::string_view name = "fitzhugh_nagumo";
  static constexpr int variables = 2, diffusing = 2;
  double k = 5e-3;
  static constexpr Values diffusivity{1e-3, 5e-3}, base{};
  static constexpr double time_step = 0.05;
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION void operator()(const Real* q, Real* dq) const {
    dq[0] = q[0] - q[0] * q[0] * q[0] - Real(k) - q[1];
    dq[1] = q[0] - q[1];
  }
};
template <class Visitor> void visit(Visitor&& v, FitzHughNagumo& o) { v("k", o.k, {"of u - u^3 - k - v", "1"}); }

/// Gray and Scott's autocatalysis: -u v^2 + F (1 - u) and u v^2 - (F + k) v.
/// Source: J. E. Pearson, Complex patterns in a simple system (1993), doi:10.1126/science.261.5118.189
struct GrayScott {
  static constexpr std::string_view name = "gray_scott";
  static constexpr int variables = 2, diffusing = 2;
  double feed = 0.05, kill = 0.065;
  static constexpr Values diffusivity{2e-5, 1e-5}, base{1, 0};
  static constexpr double time_step = 1;
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION void operator()(const Real* q, Real* dq) const {
    const Real grown = q[0] * q[1] * q[1];
    dq[0] = Real(feed) * (Real(1) - q[0]) - grown;
    dq[1] = grown - Real(feed + kill) * q[1];
  }
};
/// GrayScott by its numbers, or by a point of one of Pearson's classes.
struct GrayScottOptions {
  static constexpr std::string_view name = GrayScott::name;
  std::string pearson = "mu";
  double feed = 0, kill = 0;
};
template <class Visitor> void visit(Visitor&& v, GrayScottOptions& o) {
  v("pearson", o.pearson,
    {"class of pattern, where feed and kill are both 0", "", one_of({"gamma", "epsilon", "theta", "kappa", "mu"})});
  v("feed", o.feed, {"F", "1", at_least(0)});
  v("kill", o.kill, {"k", "1", at_least(0)});
}

/// Aliev and Panfilov's two variables of cardiac tissue; a unit of time is 12.9 ms, 100 u - 80 is the potential in mV.
/// Source: R. R. Aliev, A. V. Panfilov (1996), doi:10.1016/0960-0779(95)00089-5
struct AlievPanfilov {
  static constexpr std::string_view name = "aliev_panfilov";
  static constexpr int variables = 2, diffusing = 1;
  double k = 8, a = 0.15, epsilon = 0.002, mu_1 = 0.2, mu_2 = 0.3;
  static constexpr Values diffusivity{1}, base{};
  static constexpr double time_step = 0.05;
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION void operator()(const Real* q, Real* dq) const {
    const Real u = q[0], v = q[1], pace = Real(epsilon) + Real(mu_1) * v / (u + Real(mu_2));
    dq[0] = -Real(k) * u * (u - Real(a)) * (u - Real(1)) - u * v;
    dq[1] = -pace * (v + Real(k) * u * (u - Real(a) - Real(1)));
  }
};
template <class Visitor> void visit(Visitor&& v, AlievPanfilov& o) {
  v("k", o.k, {"strength of the excitation", "1", positive()});
  v("a", o.a, {"threshold", "1", between(0, 1, Ends::open)});
  v("epsilon", o.epsilon, {"pace of the recovery", "1", positive()});
  v("mu_1", o.mu_1, {"the same, by v", "1", at_least(0)});
  v("mu_2", o.mu_2, {"the same, by u", "1", positive()});
}

}  // namespace marea::reaction_diffusion
