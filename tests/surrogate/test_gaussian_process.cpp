// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include <marea/io/random.hpp>

#include "classical/gaussian_process.hpp"
#include "classical/lbfgs.hpp"

namespace {

using namespace marea::detail;

struct Samples {
  Matrix points{12, 2};
  Vector targets{12};
  Samples() {
    const marea::Random random(3, "test.points", 0);
    for (int i = 0; i < 12; ++i) {
      points(i, 0) = 2 * random.uniform(static_cast<std::uint64_t>(2 * i)) - 1;
      points(i, 1) = 2 * random.uniform(static_cast<std::uint64_t>(2 * i + 1)) - 1;
      targets[i] = std::sin(3 * points(i, 0));  // the second coordinate means nothing
    }
  }
};

}  // namespace

TEST_CASE("a Gaussian process of one sample is what pen and paper give") {
  const Matrix point = Matrix::Zero(1, 1);
  const Vector target = Vector::Constant(1, 2.0), hyperparameters{{3.0, 0.5, 1.0}};
  const GaussianProcess process(Covariance::squared_exponential, point, target, hyperparameters);
  const Eigen::RowVectorXd here = Eigen::RowVectorXd::Zero(1), far = Eigen::RowVectorXd::Constant(1, 100.0);

  CHECK(process.log_likelihood() ==
        doctest::Approx(-0.5 * 4 / 3.5 - 0.5 * std::log(3.5) - 0.5 * std::log(2 * std::numbers::pi)));
  CHECK(process.mean(here) == doctest::Approx(3.0 / 3.5 * 2));
  CHECK(process.variance(here) == doctest::Approx(3.5 - 9 / 3.5));
  CHECK(process.mean(far) == doctest::Approx(0));
  CHECK(process.variance(far) == doctest::Approx(3.5));
}

TEST_CASE("the gradient of the likelihood is that of differences") {
  const Samples s;
  for (const Covariance covariance : {Covariance::squared_exponential, Covariance::matern52}) {
    const Vector x{{0.3, -2.0, -0.5, 0.7}};
    Vector gradient, unused;
    log_likelihood(covariance, s.points, s.targets, x, gradient);
    for (Eigen::Index d = 0; d < x.size(); ++d) {
      Vector up = x, down = x;
      up[d] += 1e-5;
      down[d] -= 1e-5;
      const double difference = log_likelihood(covariance, s.points, s.targets, up, unused) -
                                log_likelihood(covariance, s.points, s.targets, down, unused);
      CHECK(gradient[d] == doctest::Approx(difference / 2e-5).epsilon(1e-6));
    }
  }
}

TEST_CASE("the most likely lengths leave out a coordinate that means nothing") {
  const Samples s;
  const Vector h = most_likely(Covariance::squared_exponential, s.points, s.targets, 100);

  CHECK(h[3] > 10 * h[2]);
  CHECK(h[1] < 1e-4);
}

TEST_CASE("minimise finds the bottom of Rosenbrock's valley, and the wall of a box before it") {
  const auto valley = [](const Vector& x, Vector& gradient) {
    const double a = 1 - x[0], b = x[1] - x[0] * x[0];
    gradient = Vector{{-2 * a - 400 * b * x[0], 200 * b}};
    return a * a + 100 * b * b;
  };
  const Vector start{{-1.2, 1.0}}, low = Vector::Constant(2, -10), high = Vector::Constant(2, 10), wall{{0.5, 10.0}};
  const Minimum free = minimise(valley, start, low, high, 200);
  CHECK(free.x[0] == doctest::Approx(1).epsilon(1e-4));
  CHECK(free.x[1] == doctest::Approx(1).epsilon(1e-4));
  const Minimum bounded = minimise(valley, start, low, wall, 200);
  CHECK(bounded.x[0] == doctest::Approx(0.5));
  CHECK(bounded.x[1] == doctest::Approx(0.25).epsilon(1e-4));
}
