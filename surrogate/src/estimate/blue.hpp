// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <vector>

#include <Eigen/Dense>

// Estimators of the mean of model 0, the truth, from independent groups of samples. A group runs a subset of the models
// on the same inputs; the estimate is sum over groups of weights . (means over the group). Plain Monte Carlo is the
// group {0}; multi-fidelity Monte Carlo {0..K}, {1..K}, …, {K}: the strata of nested sets; multilevel Monte Carlo {0, 1},
// {1, 2}, …, {K} with weights 1 and -1.
namespace marea::detail {

/// Independent samples of inputs on which the same models run.
struct Group {
  std::vector<int> models;   ///< rising; 0 is the truth
  std::int64_t samples = 0;
};

/// The best linear unbiased weights of the groups for these covariances (models x models), one vector a group: those of
/// model 0 sum to 1 over the groups, those of any other to 0, whatever the covariances are. A model that does not vary
/// gets no weight. Some group with samples must hold model 0.
///
/// Source: D. Schaden, E. Ullmann (2020), doi:10.1137/19M1263534.
std::vector<Eigen::VectorXd> blue_weights(const std::vector<Group>& groups, const Eigen::MatrixXd& covariance);

/// Variance of the estimate that these weights give.
double variance_of(const std::vector<Group>& groups, const std::vector<Eigen::VectorXd>& weights,
                   const Eigen::MatrixXd& covariance);

/// `all` at the rows and columns of `models`.
Eigen::MatrixXd part_of(const Eigen::MatrixXd& all, const std::vector<int>& models);

/// Unbiased covariances of samples, one a column.
Eigen::MatrixXd covariance_of(const Eigen::MatrixXd& samples);

}  // namespace marea::detail
