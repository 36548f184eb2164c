// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <marea/io/random.hpp>
#include <marea/solvers/parts/waves.hpp>

// Initial states as what is added to the base state of the reaction: 0, Gray and Scott's u = 1, or tissue at rest.
namespace marea::reaction_diffusion {

/// Nothing: tissue at rest, which waits for a stimulus.
struct Base {
  static constexpr std::string_view name = "base";
};
template <class Visitor> void visit(Visitor&&, Base&) {}
inline InitialProfile profile_of(const Base&, const Grid&) {
  return [](int, const Point&) { return 0.0; };
}

/// Normal numbers, independent in each variable and square of a lattice over the domain, of which a cell has the mean:
/// grids of any size see the same field.
struct Noise {
  static constexpr std::string_view name = "noise";
  double deviation = 1;
  int squares = 128;
  std::int64_t seed = 1;
};
template <class Visitor> void visit(Visitor&& v, Noise& o) {
  v("deviation", o.deviation, {"standard deviation", "1", at_least(0)});
  v("squares", o.squares,
    {"of the lattice along an axis: as many as cells for noise without a length", "", between(1, 1 << 20)});
  v("seed", o.seed, {"of the random numbers", "", at_least(0)});
}
inline InitialProfile profile_of(const Noise& o, const Grid& grid) {
  const auto draw = [o](int variable, std::uint64_t index) {
    return random_uniform(static_cast<std::uint64_t>(o.seed), static_cast<std::uint64_t>(variable), index);
  };
  return [o, grid, draw](int variable, const Point& p) {
    const auto squares = static_cast<std::uint64_t>(o.squares);
    std::array<double, 3> low{0, 0, 0}, high{1, 1, 1};  // of the cell, in squares
    for (int n = 0; n < grid.dimensions; ++n) {
      const Cells& c = grid.cells;
      const double width = static_cast<double>(o.squares) / static_cast<double>(c.global[2 - n]);
      low[n] = ((p[n] - c.low[2 - n]) / c.spacing[2 - n] - 0.5) * width;
      low[n] = std::fabs(low[n] - std::round(low[n])) < 1e-6 ? std::round(low[n]) : low[n];
      high[n] = std::min(low[n] + width, static_cast<double>(o.squares));
    }
    double sum = 0, all = 0;
    const auto covered = [&](int n, double at) { return std::min(high[n], at + 1) - std::max(low[n], at); };
    for (double z = std::floor(low[2]); z < high[2]; ++z)
      for (double y = std::floor(low[1]); y < high[1]; ++y)
        for (double x = std::floor(low[0]); x < high[0]; ++x) {
          const double share = covered(0, x) * covered(1, y) * covered(2, z);
          if (!(share > 1e-6)) continue;
          const auto at = [](double v) { return static_cast<std::uint64_t>(v); };
          const std::uint64_t index = 2 * ((at(z) * squares + at(y)) * squares + at(x));
          const double length = std::sqrt(-2 * std::log(1 - draw(variable, index)));
          sum += share * length * std::cos(2 * std::numbers::pi * draw(variable, index + 1));
          all += share;
        }
    return o.deviation * sum / all;
  };
}

/// A square about the middle of the domain, as Pearson begins: u falls and v rises by what is given, with some noise.
struct Square {
  static constexpr std::string_view name = "square";
  double share = 20.0 / 256, u = -0.5, v = 0.25, noise = 0.01;
  std::int64_t seed = 1;
};
template <class Visitor> void visit(Visitor&& v, Square& o) {
  v("share", o.share, {"side as a share of the domain's", "1", between(0, 1)});
  v("u", o.u, {"added to u in it", "1"});
  v("v", o.v, {"added to v in it", "1"});
  v("noise", o.noise, {"standard deviation, everywhere", "1", at_least(0)});
  v("seed", o.seed, {"of the noise", "", at_least(0)});
}
inline InitialProfile profile_of(const Square& o, const Grid& grid) {
  const InitialProfile noise = profile_of(Noise{o.noise, 256, o.seed}, grid);
  return [o, grid, noise](int variable, const Point& p) {
    bool inside = true;
    for (int n = 0; n < grid.dimensions; ++n) {
      const double length = grid.cells.spacing[2 - n] * static_cast<double>(grid.cells.global[2 - n]);
      inside = inside && std::fabs(p[n] - grid.cells.low[2 - n] - length / 2) < o.share * length / 2;
    }
    const double added = variable == 0 ? o.u : variable == 1 ? o.v : 0;
    return (inside ? added : 0) + noise(variable, p);
  };
}

/// u falls across a plane from `height` to 0, by a logistic curve: the bistable front where width is sqrt(2 D / rate).
/// v is `recovery` beyond another plane, along y: together the broken wave from which a spiral grows.
struct Front {
  static constexpr std::string_view name = "front";
  double position = 0.5, angle = 0, width = 0, height = 1, recovery = 0, recovery_position = 0.5;
};
template <class Visitor> void visit(Visitor&& v, Front& o) {
  v("position", o.position, {"distance of the plane from the origin"});
  v("angle", o.angle, {"of its normal from x towards y", "degree"});
  v("width", o.width, {"of the curve; 0: a jump", "", at_least(0)});
  v("height", o.height, {"of u below the plane", "1"});
  v("recovery", o.recovery, {"added to v below recovery_position", "1"});
  v("recovery_position", o.recovery_position, {"along y"});
}
inline InitialProfile profile_of(const Front& o, const Grid&) {
  return [o](int variable, const Point& p) {
    if (variable == 1) return p[1] < o.recovery_position ? o.recovery : 0.0;
    if (variable > 1) return 0.0;
    const double turn = o.angle * std::numbers::pi / 180;
    const double beyond = p[0] * std::cos(turn) + p[1] * std::sin(turn) - o.position;
    if (o.width == 0) return beyond < 0 ? o.height : 0.0;
    return o.height / (1 + std::exp(beyond / o.width));
  };
}

}  // namespace marea::reaction_diffusion
