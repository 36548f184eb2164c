// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "gaussian_process.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>
#include <utility>

#include <marea/io/error.hpp>

#include "lbfgs.hpp"

namespace marea::detail {
namespace {

/// k(r) and -k'(r) / r.
struct Profile {
  double value, slope;
};

Profile profile(Covariance covariance, double squared_distance) {
  if (covariance == Covariance::squared_exponential) {
    const double value = std::exp(-0.5 * squared_distance);
    return {value, value};
  }
  const double a = std::sqrt(5 * squared_distance), decay = std::exp(-a);
  return {(1 + a + a * a / 3) * decay, 5.0 / 3 * (1 + a) * decay};
}

double squared_distance(const Matrix& points, Eigen::Index i, const Eigen::RowVectorXd& z, const Vector& lengths) {
  return (points.row(i) - z).cwiseQuotient(lengths.transpose()).squaredNorm();
}

struct Factor {
  Matrix kernel, slopes;  ///< k(r) and -k'(r) / r of all pairs
  std::optional<Matrix> lower;
};

Factor factorise(Covariance covariance, const Matrix& points, const Vector& hyperparameters) {
  const Eigen::Index n = points.rows();
  const Vector lengths = hyperparameters.tail(points.cols());
  Factor f{Matrix(n, n), Matrix(n, n), {}};
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j <= i; ++j) {
      const Profile p = profile(covariance, squared_distance(points, i, points.row(j), lengths));
      f.kernel(i, j) = f.kernel(j, i) = p.value;
      f.slopes(i, j) = f.slopes(j, i) = p.slope;
    }
  Matrix all = hyperparameters[0] * f.kernel;
  all.diagonal().array() += hyperparameters[1];
  f.lower = cholesky(all);
  return f;
}

double likelihood_of(const Matrix& lower, const Vector& targets, const Vector& alpha) {
  return -0.5 * targets.dot(alpha) - lower.diagonal().array().log().sum() -
         0.5 * static_cast<double>(targets.size()) * std::log(2 * std::numbers::pi);
}

}  // namespace

GaussianProcess::GaussianProcess(Covariance covariance, const Matrix& points, const Vector& targets,
                                 const Vector& hyperparameters)
    : covariance_(covariance), points_(points), hyperparameters_(hyperparameters) {
  Factor factor = factorise(covariance, points, hyperparameters);
  if (!factor.lower)
    fail<NumericalError>("pod_gp", "the covariance of ", points.rows(),
                         " samples is not positive: are samples repeated?");
  lower_ = std::move(*factor.lower);
  alpha_ = cholesky_solve(lower_, targets);
  log_likelihood_ = likelihood_of(lower_, targets, alpha_);
}

Vector GaussianProcess::covariances(const Eigen::RowVectorXd& z) const {
  const Vector lengths = hyperparameters_.tail(points_.cols());
  Vector k(points_.rows());
  for (Eigen::Index i = 0; i < k.size(); ++i)
    k[i] = hyperparameters_[0] * profile(covariance_, squared_distance(points_, i, z, lengths)).value;
  return k;
}

double GaussianProcess::variance(const Eigen::RowVectorXd& z) const {
  const double explained = lower_solve(lower_, covariances(z)).squaredNorm();
  return std::max(0.0, hyperparameters_[0] + hyperparameters_[1] - explained);
}

double log_likelihood(Covariance covariance, const Matrix& points, const Vector& targets,
                      const Vector& log_hyperparameters, Vector& gradient) {
  const Vector hyperparameters = log_hyperparameters.array().exp();
  const Factor f = factorise(covariance, points, hyperparameters);
  gradient = Vector::Zero(log_hyperparameters.size());
  if (!f.lower) return -std::numeric_limits<double>::infinity();
  const Eigen::Index n = points.rows();
  const Vector alpha = cholesky_solve(*f.lower, targets);
  // The gradient is half the sum of (alpha alpha^T - K^-1) times the derivative of K, element by element.
  Matrix factor = -cholesky_solve(*f.lower, Matrix::Identity(n, n));
  factor += alpha * alpha.transpose();
  gradient[0] = 0.5 * hyperparameters[0] * factor.cwiseProduct(f.kernel).sum();
  gradient[1] = 0.5 * hyperparameters[1] * factor.trace();
  const Matrix weights = factor.cwiseProduct(f.slopes);
  for (Eigen::Index d = 0; d < points.cols(); ++d) {
    double sum = 0;
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = 0; j < i; ++j) {
        const double distance = points(i, d) - points(j, d);
        sum += weights(i, j) * distance * distance;
      }
    gradient[2 + d] = hyperparameters[0] * sum / (hyperparameters[2 + d] * hyperparameters[2 + d]);
  }
  return likelihood_of(*f.lower, targets, alpha);
}

Vector most_likely(Covariance covariance, const Matrix& points, const Vector& targets, int iterations) {
  const Eigen::Index d = points.cols();
  Vector low(2 + d), high(2 + d), start(2 + d);
  low << std::log(1e-4), std::log(1e-8), Vector::Constant(d, std::log(1e-2));
  high << std::log(1e4), std::log(1e2), Vector::Constant(d, std::log(1e3));
  const auto function = [&](const Vector& x, Vector& gradient) {
    const double value = log_likelihood(covariance, points, targets, x, gradient);
    gradient = -gradient;
    return -value;
  };
  Minimum best;
  best.value = std::numeric_limits<double>::infinity();
  for (const double length : {1.0, 4.0}) {
    start << 0, std::log(1e-2), Vector::Constant(d, std::log(length * std::sqrt(static_cast<double>(d))));
    Minimum found = minimise(function, start, low, high, iterations);
    if (found.value < best.value) best = std::move(found);
  }
  if (!std::isfinite(best.value)) fail<NumericalError>("pod_gp", "no hyperparameters give a positive covariance");
  return best.x.array().exp();
}

}  // namespace marea::detail
