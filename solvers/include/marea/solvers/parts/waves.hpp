// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <marea/io/error.hpp>
#include <marea/io/random.hpp>
#include <marea/solvers/parts/initial_state.hpp>

// Initial states of plane waves that fit the domain, for solvers of any number of variables.
namespace marea::waves {

/// Argument 2 pi sum_a waves_a (x_a - low_a) / length_a of a wave that fits the domain.
inline double phase(const Grid& grid, const std::array<double, 3>& waves, const Point& p) {
  double sum = 0;
  for (int n = 0; n < grid.dimensions; ++n) {
    const double length = grid.cells.spacing[2 - n] * static_cast<double>(grid.cells.global[2 - n]);
    sum += 2 * std::numbers::pi * waves[n] * (p[n] - grid.cells.low[2 - n]) / length;
  }
  return sum;
}

/// The same plane wave in every component.
struct Sine {
  static constexpr std::string_view name = "sine";
  double mean = 0, amplitude = 1;
  std::array<double, 3> waves{1, 0, 0};
};
template <class Visitor> void visit(Visitor&& v, Sine& o) {
  v("mean", o.mean, {"of every component", "the field's unit"});
  v("amplitude", o.amplitude, {"of the wave", "the field's unit"});
  v("waves", o.waves, {"wavelengths in the domain along [x, y, z]", "1"});
}
inline InitialProfile profile_of(const Sine& o, const Grid& grid) {
  for (int n = 0; n < grid.dimensions; ++n)
    if (grid.boundary[2 - n][0] == BoundaryKind::periodic && o.waves[n] != std::floor(o.waves[n]))
      fail<ConfigError>("initial", "waves = ", o.waves[n], " along a periodic axis must be a whole number");
  return [o, grid](int, const Point& p) { return o.mean + o.amplitude * std::sin(phase(grid, o.waves, p)); };
}

/// Plane waves of random whole wave numbers, amplitudes and phases.
struct RandomFourier {
  static constexpr std::string_view name = "random_fourier";
  int modes = 4, highest = 4;
  double amplitude = 1;
  std::int64_t seed = 1;
};
template <class Visitor> void visit(Visitor&& v, RandomFourier& o) {
  v("modes", o.modes, {"waves in each component", "", between(1, 1000)});
  v("highest", o.highest, {"largest wave number along an axis", "", between(1, 1000)});
  v("amplitude", o.amplitude, {"largest amplitude of a wave", "the field's unit"});
  v("seed", o.seed, {"of the random numbers", "", at_least(0)});
}
inline InitialProfile profile_of(const RandomFourier& o, const Grid& grid) {
  return [o, grid](int variable, const Point& p) {
    double sum = 0;
    for (int m = 0; m < o.modes; ++m) {
      const auto draw = [&](int n) {
        return random_uniform(static_cast<std::uint64_t>(o.seed), static_cast<std::uint64_t>(variable),
                              static_cast<std::uint64_t>(8 * m + n));
      };
      std::array<double, 3> waves{1 + std::floor(draw(0) * o.highest), 0, 0};
      for (int n = 1; n < 3; ++n) waves[n] = std::floor(draw(n) * (2 * o.highest + 1)) - o.highest;
      sum += o.amplitude * draw(3) * std::sin(phase(grid, waves, p) + 2 * std::numbers::pi * draw(4));
    }
    return sum;
  };
}

}  // namespace marea::waves
