// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cmath>

#include <marea/io/options.hpp>
#include <marea/solvers/parts/gaussian_field.hpp>
#include <marea/solvers/parts/initial_state.hpp>

namespace marea::darcy {

/// The `[solver]` table of a darcy case file.
struct Options {
  OptionTree permeability{OptionTree::Table{}};
  OptionTree source{1.0};
  std::array<double, 3> pressure_low{0, 0, 0}, pressure_high{0, 0, 0};
  double tolerance = 1e-8;
};
template <class Visitor> void visit(Visitor&& v, Options& o) {
  v("permeability", o.permeability, {"a > 0: number, { file } or { profile }: two_phase, log_normal", "m2 Pa-1 s-1"});
  v("source", o.source, {"f: number, or { file }; beta of PDEBench", "s-1"});
  v("pressure_low", o.pressure_low, {"where the low end along [x, y, z] is fixed", "Pa"});
  v("pressure_high", o.pressure_high, {"where the high end is", "Pa"});
  v("tolerance", o.tolerance, {"largest residual of a solution, as a share of its sources", "1",
                             between(0, 1, Ends::open)});
}

/// The first guess of the pressure.
struct Uniform {
  static constexpr std::string_view name = "uniform";
  double value = 0;
};
template <class Visitor> void visit(Visitor&& v, Uniform& o) { v("value", o.value, {"of the first guess", "Pa"}); }
inline InitialProfile profile_of(const Uniform& o, const Grid&) {
  return [o](int, const Point&) { return o.value; };
}

/// Two phases, divided by the sign of a Gaussian random field.
struct TwoPhase {
  static constexpr std::string_view name = "two_phase";
  double low = 3, high = 12, tau = 3;
  int modes = 64;
  std::int64_t seed = 1;
};
template <class Visitor> void visit(Visitor&& v, TwoPhase& o) {
  v("low", o.low, {"a where the random field is < 0", "m2 Pa-1 s-1", positive()});
  v("high", o.high, {"a elsewhere", "m2 Pa-1 s-1", positive()});
  v("tau", o.tau, {"inverse correlation length of the random field", "m-1", positive()});
  v("modes", o.modes, {"cosines of the random field along an axis", "", between(1, 1024)});
  v("seed", o.seed, {"of the random numbers", "", at_least(0)});
}
inline StaticProfile profile_of(const TwoPhase& o) {
  return [o, field = gaussian_field({o.tau, o.modes, o.seed})](const Point& p) {
    return field(p) < 0 ? o.low : o.high;
  };
}

/// The exponential of a Gaussian random field.
struct LogNormal {
  static constexpr std::string_view name = "log_normal";
  double amplitude = 1, tau = 3;
  int modes = 64;
  std::int64_t seed = 1;
};
template <class Visitor> void visit(Visitor&& v, LogNormal& o) {
  v("amplitude", o.amplitude, {"factor of the random field in the exponent", "1"});
  v("tau", o.tau, {"inverse correlation length of the random field", "m-1", positive()});
  v("modes", o.modes, {"cosines of the random field along an axis", "", between(1, 1024)});
  v("seed", o.seed, {"of the random numbers", "", at_least(0)});
}
inline StaticProfile profile_of(const LogNormal& o) {
  return [o, field = gaussian_field({o.tau, o.modes, o.seed})](const Point& p) {
    return std::exp(o.amplitude * field(p));
  };
}

using PermeabilityProfiles = ProfileTable<StaticProfile, TwoPhase, LogNormal>;

}  // namespace marea::darcy
