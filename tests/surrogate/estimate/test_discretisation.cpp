// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "estimate/discretisation.hpp"

#include <cmath>

#include <doctest/doctest.h>

using namespace marea::detail;
using doctest::Approx;
using Kind = Statistic::Kind;

TEST_CASE("the grid's error in a statistic is its difference from half as many cells") {
  Eigen::RowVectorXd fine(5), coarse(5);
  fine << 1, 2, 3, 4, 5;
  coarse << 0.5, 1, 1.5, 2, 2.5;  // half: mean 3 and 1.5, standard deviation sqrt(5/2) and half of it

  CHECK(discretisation_error({.kind = Kind::mean}, fine, coarse) == 1.5);
  CHECK(discretisation_error({.kind = Kind::std}, fine, coarse) == Approx(std::sqrt(2.5) / 2));
  CHECK(discretisation_error({.kind = Kind::exceedance, .level = 1.9}, fine, coarse) == Approx(0.4));  // 4/5 and 2/5
  CHECK(discretisation_error({.kind = Kind::quantile, .level = 0.75}, fine, coarse) == 2);             // 4 and 2
  CHECK(std::isnan(discretisation_error({.kind = Kind::sobol_first}, fine, coarse)));
}

TEST_CASE("a first-order error of the grid is found whole") {
  const Eigen::RowVectorXd exact = Eigen::RowVectorXd::LinSpaced(9, 1, 2);
  const double h = 0.1;

  CHECK(discretisation_error({.kind = Kind::mean}, exact.array() - h, exact.array() - 2 * h) == Approx(h));
}
