// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water/profiles.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <marea/io/random.hpp>

namespace marea::shallow_water {

namespace {

double squared(double x) { return x * x; }

}  // namespace

InitialProfile profile_of(const LakeAtRest& o, double) {
  return [o](double, double, double) { return InitialPoint{o.level}; };
}

InitialProfile profile_of(const GaussianHump& o, double) {
  const bool two = o.radius.is_array();
  if (two && o.radius.as_array().size() != 2) {
    fail<ConfigError>(o.radius.where(), "radius must be a number or two numbers [along, across]");
  }
  const double along = two ? o.radius.as_array()[0].as_double() : o.radius.as_double();
  const double across = two ? o.radius.as_array()[1].as_double() : along;
  const double angle = o.angle * std::numbers::pi / 180, cosine = std::cos(angle), sine = std::sin(angle);
  return [=](double x, double y, double bed) {
    const double p = (x - o.centre[0]) * cosine + (y - o.centre[1]) * sine;
    const double q = (y - o.centre[1]) * cosine - (x - o.centre[0]) * sine;
    const double hump = o.height * std::exp(-squared(p / along) - squared(q / across));
    return InitialPoint{o.level + (bed < 0 ? hump : 0)};
  };
}

InitialProfile profile_of(const DamBreak& o, double) {
  const bool radial = o.shape == "radial";
  return [=](double x, double y, double) {
    const bool behind = radial ? squared(x - o.centre[0]) + squared(y - o.centre[1]) <= squared(o.radius)
                               : (o.axis == "x" ? x : y) < o.position;
    return InitialPoint{behind ? o.high : o.low};
  };
}

InitialProfile profile_of(const Vortex& o, double gravity) {
  return [=](double x, double y, double) {
    const double p = (x - o.centre[0]) / o.radius, q = (y - o.centre[1]) / o.radius;
    const double swirl = o.speed * std::exp(0.5 * (1 - (p * p + q * q)));
    return InitialPoint{o.level - swirl * swirl / (2 * gravity), o.current[0] - swirl * q, o.current[1] + swirl * p};
  };
}

InitialProfile profile_of(const ParabolicBowl& o, double gravity) {
  const double frequency = std::sqrt(2 * gravity * o.depth) / o.radius;
  return [=](double x, double, double bed) {
    const double eta = o.displacement * o.depth / squared(o.radius) * (2 * (x - o.centre[0]) - o.displacement);
    return InitialPoint{eta, 0, eta > bed ? o.displacement * frequency : 0};
  };
}

StaticProfile profile_of(const Flat& o) {
  return [=](const Point&) { return o.elevation; };
}

StaticProfile profile_of(const Paraboloid& o) {
  return [=](const Point& p) {
    return o.depth * ((squared(p[0] - o.centre[0]) + squared(p[1] - o.centre[1])) / squared(o.radius) - 1);
  };
}

StaticProfile profile_of(const Rough& o) {
  struct Wave {
    double kx, ky, phase;
  };
  std::array<Wave, 24> waves;
  for (std::uint64_t n = 0; n < waves.size(); ++n) {
    const auto draw = [&](std::uint64_t k) { return random_uniform(o.seed, 0, 3 * n + k); };
    const double angle = std::numbers::pi * draw(0), number = 2 * std::numbers::pi / (o.wavelength * (1 + 3 * draw(1)));
    waves[n] = {number * std::cos(angle), number * std::sin(angle), 2 * std::numbers::pi * draw(2)};
  }
  return [=](const Point& p) {
    double sum = 0;
    for (const Wave& w : waves) sum += std::sin(w.kx * p[0] + w.ky * p[1] + w.phase);
    return o.mean + o.amplitude * std::clamp(sum / 8, -1.0, 1.0);
  };
}

}  // namespace marea::shallow_water
