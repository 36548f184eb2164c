// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/limiters.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include <doctest/doctest.h>

using namespace marea::limiters;
using doctest::Approx;

TEST_CASE_TEMPLATE("every limiter is odd, symmetric, bounded by both differences, and zero at an extremum", L, None,
                   Minmod, Mc, VanLeer, Superbee, Steep) {
  // Ends beyond the neighbours are what makes Steep steep: by a quarter of the smaller difference at most.
  for (const double courant : {0.0, 0.1, 0.3, 0.9}) {
    const double bound = std::is_same_v<L, Steep> ? std::min(1 + courant, 1.25) : 1;
    for (const double a : {0.0, 1e-3, 0.3, 1.0, 7.0})
      for (const double b : {0.0, 1e-3, 0.5, 1.0, 2.0, 40.0}) {
        const double half = half_slope<L>(a, b, courant);
        CHECK(half >= 0);
        CHECK(half <= bound * std::min(a, b));
        CHECK(half_slope<L>(b, a, courant) == half);
        CHECK(half_slope<L>(-a, -b, courant) == -half);
        CHECK(half_slope<L>(a, -b, courant) == 0);
        CHECK(half_slope<L>(-a, b, courant) == 0);
      }
  }
}

TEST_CASE_TEMPLATE("a limiter of second order has the slope of a straight line", L, Minmod, Mc, VanLeer, Superbee,
                   Steep) {
  for (const double difference : {-3.0, 0.75, 12.0})
    CHECK(half_slope<L>(difference, difference, 0.0) == Approx(0.5 * difference));
}

TEST_CASE("half slopes of the differences 2 and 1.5, by hand") {
  CHECK(None::half_slope(2.0, 1.5) == 0);
  CHECK(Minmod::half_slope(2.0, 1.5) == 0.75);
  CHECK(Mc::half_slope(2.0, 1.5) == 0.875);                      // a quarter of the sum
  CHECK(VanLeer::half_slope(2.0, 1.5) == Approx(3.0 / 3.5));     // half the harmonic mean 2 a b / (a + b)
  CHECK(Superbee::half_slope(2.0, 1.5) == 1);                    // half of max(min(2 a, b), min(a, 2 b)) = 2
  CHECK(Steep::half_slope(2.0, 1.5, 0.3) == 0.875);                   // a quarter of the sum: their ratio is below 1.5
}

TEST_CASE("steep differences are cut at the smaller one") {
  CHECK(Minmod::half_slope(1.0, 10.0) == 0.5);
  CHECK(Mc::half_slope(1.0, 10.0) == 1);
  CHECK(Superbee::half_slope(1.0, 10.0) == 1);
  CHECK(Steep::half_slope(1.0, 10.0, 0.3) == 1.25);
}

TEST_CASE("the steep limiter is central up to a ratio of 1.5, then half the larger less an eighth of the smaller") {
  CHECK(Steep::half_slope(1.0, 1.5, 0.3) == 0.625);   // both forms meet here
  CHECK(Steep::half_slope(1.0, 2.0, 0.3) == 0.875);   // 2 / 2 - 1 / 8, above the central 0.75
  CHECK(Steep::half_slope(1.0, 2.75, 0.3) == 1.25);   // cut at 1.25 times the smaller from here on
  CHECK(Steep::half_slope(1.0, 4.0, 0.3) == 1.25);
}

TEST_CASE("the steep limiter's bound is 2.5 times the smaller difference, and 2 where waves stand still") {
  CHECK(Steep::half_slope(1.0, 4.0, 0.25) == 1.25);
  CHECK(Steep::half_slope(1.0, 4.0, 0.125) == 1.125);
  CHECK(Steep::half_slope(-1.0, -4.0, 0.125) == -1.125);
  CHECK(Steep::half_slope(1.0, 4.0, 0.0) == 1);
}
