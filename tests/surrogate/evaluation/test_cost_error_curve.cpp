// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/surrogate/evaluation/cost_error_curve.hpp>

using namespace marea;

namespace {
CostErrorCurve three_grids() {
  return CostErrorCurve({{"fine", 64, 0.01}, {"coarse", 1, 0.16}, {"dominated", 20, 0.2}, {"middle", 8, 0.03}});
}
}  // namespace

TEST_CASE("the envelope leaves out what costs more and errs more") {
  const auto curve = three_grids();
  REQUIRE(curve.envelope().size() == 3);
  CHECK(curve.envelope()[0].label == "coarse");
  CHECK(curve.envelope()[2].label == "fine");
}

TEST_CASE("the cost between two configurations is log-linear in the error") {
  // From (1, 0.16) to (8, 0.03), half way in log error: sqrt(0.16 0.03) at sqrt(8).
  const auto equal = three_grids().cost_at(0.069282032);
  CHECK(equal.kind == EquivalentCost::Kind::interpolated);
  CHECK(equal.cost == doctest::Approx(2.8284271));
  CHECK(equal.label == "middle");
}

TEST_CASE("a configuration that costs more for hardly less error does not raise the curve") {
  const CostErrorCurve curve({{"coarse", 1, 0.16}, {"noisy", 4, 0.159}, {"fine", 16, 0.01}});
  CHECK(curve.envelope().size() == 2);
  // Half way in log error between 0.16 and 0.01 the cost is 4, whatever the noisy point says.
  CHECK(curve.cost_at(0.04).cost == doctest::Approx(4));
}

TEST_CASE("an error that the cheapest configuration beats gives an upper bound") {
  const auto equal = three_grids().cost_at(0.5);
  CHECK(equal.kind == EquivalentCost::Kind::upper_bound);
  CHECK(equal.cost == 1);
}

TEST_CASE("an error that no configuration reaches gives a lower bound, never an extrapolation") {
  const auto equal = three_grids().cost_at(0.001);
  CHECK(equal.kind == EquivalentCost::Kind::lower_bound);
  CHECK(equal.cost == 64);
}

TEST_CASE("points without cost or error are refused") {
  CHECK_THROWS_AS(CostErrorCurve({}), ConfigError);
  CHECK_THROWS_AS(CostErrorCurve({{"zero", 0, 0.1}}), ConfigError);
}
