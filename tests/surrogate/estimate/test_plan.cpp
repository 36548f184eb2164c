// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "estimate/plan.hpp"

#include <cmath>

#include <doctest/doctest.h>

using namespace marea;
using detail::Group;
using doctest::Approx;

namespace {

/// Covariances of models of unit variance but for the given scales, with these correlations to the truth and, of the
/// monomials x^5, x^4, … on [0, 1], each other.
Eigen::MatrixXd monomials() {
  Eigen::MatrixXd c(5, 5);
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j) {
      const double a = 5 - i, b = 5 - j;
      c(i, j) = 1 / (a + b + 1) - 1 / ((a + 1) * (b + 1));
    }
  return c;
}
const std::vector<double> monomial_costs{1, 0.1, 0.01, 0.001, 0.0001};

}  // namespace

TEST_CASE("BLUE weights of any covariances leave the estimate unbiased") {
  Eigen::MatrixXd c = monomials();
  c.row(2).setZero();
  c.col(2).setZero();  // a model that does not vary
  const std::vector<Group> groups{{{0, 1, 2}, 7}, {{1, 2}, 20}, {{1, 3, 4}, 100}, {{0, 4}, 3}, {{3}, 11}};
  const auto w = detail::blue_weights(groups, c);
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(5);
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (std::size_t m = 0; m < groups[g].models.size(); ++m)
      sums[groups[g].models[m]] += w[g][static_cast<Eigen::Index>(m)];
  CHECK(sums[0] == Approx(1));
  for (int model = 1; model < 5; ++model) CHECK(std::fabs(sums[model]) < 1e-12);
  CHECK(w[0][2] == 0);
}

TEST_CASE("a control that hardly varied in the pilot gets no weight to speak of") {
  Eigen::MatrixXd c(2, 2);
  c << 1, 0.9e-6, 0.9e-6, 1e-12;  // correlation 0.9, a millionth of the spread: the best weight would be a million
  const std::vector<Group> groups{{{0, 1}, 10}, {{1}, 1000}};
  CHECK(std::fabs(detail::blue_weights(groups, c)[0][1]) < 1e-6);
  c << 1, 0.09, 0.09, 0.01;  // a tenth of the spread
  const double half_way = detail::blue_weights(groups, c)[0][1];
  CHECK(half_way < -1);
  CHECK(half_way > -9);
}

TEST_CASE("two models of correlation rho give MFMC's textbook ratio of samples and variance") {
  // r = sqrt(w rho^2 / (1 - rho^2)), variance * cost = sigma^2 (sqrt(1 - rho^2) + sqrt(rho^2 / w))^2 c0.
  const double rho = 0.96, ratio = 50;
  Eigen::MatrixXd c(2, 2);
  c << 4, 2 * 3 * rho, 2 * 3 * rho, 9;
  const auto s = detail::mfmc(c, {2, 2 / ratio});
  REQUIRE(s.groups.size() == 2);
  const double r = std::sqrt(ratio * rho * rho / (1 - rho * rho));
  CHECK((s.samples[0] + s.samples[1]) / s.samples[0] == Approx(r));
  CHECK(s.variance_cost == Approx(4 * 2 * std::pow(std::sqrt(1 - rho * rho) + rho / std::sqrt(ratio), 2)));
}

// Reference: MXMCPy 1.0 (PyPI), Optimizer(costs, covariance).optimize("mfmc", 1e6): variance times the budget, and samples of
// each model, which it rounds down.
TEST_CASE("MFMC's allocation and variance are MXMCPy's") {
  const auto s = detail::mfmc(monomials(), monomial_costs);
  CHECK(s.variance_cost == Approx(0.00291290683601).epsilon(1e-6));
  const double expected[] = {465542, 2921541, 14062329, 63475400, 382048174};
  REQUIRE(s.samples.size() == 5);
  double nested = 0;
  for (std::size_t k = 0; k < 5; ++k) CHECK((nested += 1e6 * s.samples[k]) == Approx(expected[k]).epsilon(3e-6));
}

TEST_CASE("MLBLUE is never worse than MFMC, MLMC and Monte Carlo") {
  const Eigen::MatrixXd c = monomials();
  for (int power = 1; power < 5; ++power) {
    std::vector<double> costs;
    for (int k = 0; k < 5; ++k) costs.push_back(std::pow(10.0 * power, -k));
    const double blue = detail::mlblue(c, costs).variance_cost;
    CHECK(blue <= detail::mfmc(c, costs).variance_cost * (1 + 1e-5));
    CHECK(blue <= detail::mlmc(c, costs).variance_cost * (1 + 1e-5));
    CHECK(detail::mfmc(c, costs).variance_cost <= detail::monte_carlo(c, costs).variance_cost);
  }
}

TEST_CASE("predicted variance times cost is what the shares give with their best weights") {
  const Eigen::MatrixXd c = monomials();
  for (const auto& s : {detail::mlblue(c, monomial_costs), detail::monte_carlo(c, monomial_costs)}) {
    std::vector<Group> groups;
    for (std::size_t g = 0; g < s.groups.size(); ++g)
      groups.push_back({s.groups[g], static_cast<std::int64_t>(std::llround(1e7 * s.samples[g]))});
    CHECK(detail::variance_of(groups, detail::blue_weights(groups, c), c) * 1e7 == Approx(s.variance_cost).epsilon(1e-3));
  }
}

TEST_CASE("a model that does not help is in no group of the plan") {
  Eigen::MatrixXd c(3, 3);
  c << 1, 0.99, 0.01, 0.99, 1, 0.01, 0.01, 0.01, 1;
  const std::vector<double> costs{1, 0.01, 0.9};
  const auto plan = detail::make_plan(detail::best_shares(c, costs), c, costs, 1e-3, 1e9);
  CHECK(plan.uses(0));
  CHECK(plan.uses(1));
  CHECK_FALSE(plan.uses(2));
  CHECK(plan.variance <= 1.1e-3);
}

TEST_CASE("without a model that helps the plan is plain Monte Carlo") {
  const Eigen::MatrixXd c = Eigen::MatrixXd::Identity(2, 2);
  const auto plan = detail::make_plan(detail::best_shares(c, {1, 0.5}), c, {1, 0.5}, 1e-2, 1e9);
  CHECK(plan.method == "monte_carlo");
  REQUIRE(plan.groups.size() == 1);
  CHECK(plan.groups[0].samples == 100);
}
