// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>

#include "dense.hpp"

namespace marea::detail {

enum class Covariance : std::uint8_t { squared_exponential, matern52 };

/// A zero-mean Gaussian process with a length for each coordinate. Hyperparameters are (signal variance, noise
/// variance, lengths…), all positive.
class GaussianProcess {
 public:
  /// Of points (samples, coordinates) and their targets. Throws NumericalError where the covariance is not positive.
  GaussianProcess(Covariance covariance, const Matrix& points, const Vector& targets, const Vector& hyperparameters);

  double mean(const Eigen::RowVectorXd& z) const { return covariances(z).dot(alpha_); }
  /// Of a new observation at z.
  double variance(const Eigen::RowVectorXd& z) const;
  double log_likelihood() const { return log_likelihood_; }

 private:
  Vector covariances(const Eigen::RowVectorXd& z) const;

  Covariance covariance_;
  Matrix points_;
  Vector hyperparameters_;
  Matrix lower_;
  Vector alpha_;
  double log_likelihood_ = 0;
};

/// Logarithm of the marginal likelihood, and its gradient for the logarithms of the hyperparameters; minus infinity
/// where the covariance is not positive.
double log_likelihood(Covariance covariance, const Matrix& points, const Vector& targets,
                      const Vector& log_hyperparameters, Vector& gradient);

/// The hyperparameters of the largest likelihood, from two starts.
Vector most_likely(Covariance covariance, const Matrix& points, const Vector& targets, int iterations);

}  // namespace marea::detail
