// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/limiters.hpp>

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

using namespace marea::limiters;
using doctest::Approx;

TEST_CASE_TEMPLATE("every limiter is odd, bounded by both differences, and zero at an extremum", L, None, Minmod, Mc,
                   VanLeer, Superbee, Koren) {
  for (const double a : {0.0, 1e-3, 0.3, 1.0, 7.0})
    for (const double b : {0.0, 1e-3, 0.5, 1.0, 2.0, 40.0}) {
      const double half = L::half_slope(a, b);
      CHECK(half >= 0);
      CHECK(half <= std::min(a, b));
      CHECK(L::half_slope(-a, -b) == -half);
      CHECK(L::half_slope(a, -b) == 0);
      CHECK(L::half_slope(-a, b) == 0);
    }
}

TEST_CASE_TEMPLATE("a limiter of second order has the slope of a straight line", L, Minmod, Mc, VanLeer, Superbee,
                   Koren) {
  for (const double difference : {-3.0, 0.75, 12.0})
    CHECK(L::half_slope(difference, difference) == Approx(0.5 * difference));
}

TEST_CASE("half slopes of the differences 2 and 1.5, by hand") {
  CHECK(None::half_slope(2.0, 1.5) == 0);
  CHECK(Minmod::half_slope(2.0, 1.5) == 0.75);
  CHECK(Mc::half_slope(2.0, 1.5) == 0.875);                      // a quarter of the sum
  CHECK(VanLeer::half_slope(2.0, 1.5) == Approx(3.0 / 3.5));     // half the harmonic mean 2 a b / (a + b)
  CHECK(Superbee::half_slope(2.0, 1.5) == 1);                    // half of max(min(2 a, b), min(a, 2 b)) = 2
  CHECK(Koren::half_slope(2.0, 1.5) == Approx(5.0 / 6));         // (back + 2 front) / 6
  CHECK(Koren::half_slope(1.5, 2.0) == Approx(5.5 / 6));
}

TEST_CASE("steep differences are cut at the smaller one") {
  CHECK(Minmod::half_slope(1.0, 10.0) == 0.5);
  CHECK(Mc::half_slope(1.0, 10.0) == 1);
  CHECK(Superbee::half_slope(1.0, 10.0) == 1);
  CHECK(Koren::half_slope(1.0, 10.0) == 1);
  CHECK(Koren::half_slope(10.0, 1.0) == 1);
}

TEST_CASE("Koren's face values of a parabola are exact at both faces") {
  // Cell means of x^2 around x = i are i^2 + 1/12; the faces of cell 3 lie at 2.5 and 3.5.
  const auto mean = [](double i) { return i * i + 1.0 / 12; };
  const double back = mean(3) - mean(2), front = mean(4) - mean(3);
  CHECK(mean(3) + Koren::half_slope(back, front) == Approx(3.5 * 3.5).epsilon(1e-14));
  CHECK(mean(3) - Koren::half_slope(front, back) == Approx(2.5 * 2.5).epsilon(1e-14));
}
