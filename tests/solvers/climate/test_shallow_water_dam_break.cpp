// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>

#include <doctest/doctest.h>

#include "support/radial_shallow_water.hpp"
#include "support/shallow_water_case.hpp"
#include "support/verification.hpp"

using namespace marea;
using namespace marea::test;

namespace {

constexpr double gravity = 9.81;

/// Dam break over a wet bed at x / t, depths 1 and 0.4 m. Source: J. J. Stoker (1957), Water Waves, ch. 10.
double stoker(double x, double t) {
  constexpr double left = 1, right = 0.4;
  const double cl = std::sqrt(gravity * left);
  double low = right, high = left;  // middle depth by bisection: velocity behind the shock = behind the rarefaction
  for (int n = 0; n < 80; ++n) {
    const double m = 0.5 * (low + high);
    const double shock = (m - right) * std::sqrt(0.5 * gravity * (m + right) / (m * right));
    (shock < 2 * (cl - std::sqrt(gravity * m)) ? low : high) = m;
  }
  const double u = 2 * (cl - std::sqrt(gravity * low)), c = std::sqrt(gravity * low);
  const double shock = low * u / (low - right), xi = x / t;
  if (xi < -cl) return left;
  if (xi < u - c) return (2 * cl - xi) * (2 * cl - xi) / (9 * gravity);
  return xi < shock ? low : right;
}

/// Dam break over a dry bed. Source: A. Ritter (1892); SWASHES, O. Delestre et al. (2013), doi:10.1002/fld.3741, 4.1.2.
double ritter(double x, double t) {
  const double c = std::sqrt(gravity), xi = x / t;
  return xi < -c ? 1 : xi < 2 * c ? (2 * c - xi) * (2 * c - xi) / (9 * gravity) : 0;
}

/// Mean error of the depth at t = 0.5 s on a channel [-3, 3] m of n cells, the dam across `axis`.
template <class Exact> double dam_break_error(int n, const std::string& axis, double low, Exact&& exact) {
  const bool x = axis == "x";
  AnySolver solver = make_case(
      grid_table(x ? n : 4, x ? 4 : n, x ? -3 : 0, x ? 3 : 1, x ? 0 : -3, x ? 1 : 3, x ? "wall" : "periodic",
                 x ? "periodic" : "wall") +
      "[solver]\ngravity = 9.81\ndry_depth = 1e-6\nbathymetry = -" + std::to_string(low) +
      "\n[initial]\nprofile = \"dam_break\"\naxis = \"" + axis + "\"\nhigh = " + std::to_string(1 - low) +
      "\nlow = 0.0\n");
  const double volume = invariant(*solver, "volume");
  advance_to(*solver, 0.5);
  CHECK(invariant(*solver, "volume") == doctest::Approx(volume).epsilon(1e-14));  // the waves are still inside
  const auto h = field_of(*solver, "h");
  CHECK(*std::min_element(h.begin(), h.end()) >= 0);
  return mean_error(*solver, "h", [&](double px, double py) { return exact(x ? px : py, 0.5); });
}

}  // namespace

TEST_CASE("Stoker's dam break over a wet bed converges at first order in the mean") {
  const double coarse = dam_break_error(200, "x", 0.4, stoker), fine = dam_break_error(400, "x", 0.4, stoker);
  MESSAGE("Stoker: mean error ", coarse, " at 200 cells, ", fine, " at 400, order ", std::log2(coarse / fine));
  // A shock of 0.27 m smeared over one cell of 30 mm in 6 m.
  verify("Stoker's dam break, 200 cells: mean error of h [m]", coarse, 0, 0.27 * 0.03 / 6 * 2);
  CHECK(std::log2(coarse / fine) > 0.85);
  // The same along y; only the sum of the errors is taken in another order.
  CHECK(dam_break_error(200, "y", 0.4, stoker) == doctest::Approx(coarse).epsilon(1e-13));
}

TEST_CASE("Ritter's dam break over a dry bed converges and never goes negative") {
  const double coarse = dam_break_error(200, "x", 0, ritter), fine = dam_break_error(400, "x", 0, ritter);
  MESSAGE("Ritter: mean error ", coarse, " at 200 cells, ", fine, " at 400, order ", std::log2(coarse / fine));
  // Water 1 m deep misplaced by half a cell, over a channel of 6 m.
  verify("Ritter's dam break, 200 cells: mean error of h [m]", coarse, 0, 0.5 * (6.0 / 200) / 6);
  CHECK(std::log2(coarse / fine) > 0.75);
}

TEST_CASE("the radial dam break agrees with a fine radial solution") {
  // Case of PDEBench, M. Takamoto et al. (2022), arXiv:2210.07182.
  RadialShallowWater reference(2048, 4, 0.5, 2, 1, 1);  // the dam stands on an edge of its cells
  reference.advance(1);
  double errors[2];
  for (int level = 0; level < 2; ++level) {
    AnySolver solver = make_case(
        grid_table(64 << level, 64 << level, -2.5, 2.5, -2.5, 2.5, "open", "open") +
        "[solver]\ngravity = 1.0\nbathymetry = -1.0\n[initial]\nprofile = \"dam_break\"\nshape = \"radial\"\n"
        "high = 1.0\nlow = 0.0\n");
    advance_to(*solver, 1);
    errors[level] = mean_error(*solver, "h", [&](double x, double y) { return reference.depth(std::hypot(x, y)); });
  }
  MESSAGE("radial: mean error ", errors[0], " at 64, ", errors[1], " at 128");
  verify("radial dam break, 128² cells: mean error of h [m]", errors[1], 0, 6e-3);
  CHECK(std::log2(errors[0] / errors[1]) > 0.7);
}
