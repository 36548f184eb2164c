// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <Eigen/Dense>

#include "blue.hpp"

namespace marea::detail {

/// An estimator and how it spends its cost, before samples are whole numbers.
struct Shares {
  std::string method;                  ///< monte_carlo, mfmc, mlmc, mlblue
  std::vector<std::vector<int>> groups;
  std::vector<double> samples;         ///< of each group, for one unit of cost
  double variance_cost = 0;            ///< variance of the estimate times its cost, the same at every cost
};

/// Plain Monte Carlo of model 0. \param costs of one sample of each model
Shares monte_carlo(const Eigen::MatrixXd& covariance, const std::vector<double>& costs);

/// The optimal multi-fidelity Monte Carlo estimator over the best subset of models; the groups are the strata of its
/// nested sets. Source: B. Peherstorfer, K. Willcox, M. Gunzburger (2016), doi:10.1137/15M1046472.
Shares mfmc(const Eigen::MatrixXd& covariance, const std::vector<double>& costs);

/// The optimal multilevel Monte Carlo estimator over the best subset of models, ordered by cost.
/// Source: M. B. Giles (2008), doi:10.1287/opre.1070.0496.
Shares mlmc(const Eigen::MatrixXd& covariance, const std::vector<double>& costs);

/// The multilevel best linear unbiased estimator over all subsets of models: never worse than the others. Its optimal
/// shares are those of a c-optimal design, found by the multiplicative algorithm.
/// Sources: D. Schaden, E. Ullmann (2020), doi:10.1137/19M1263534; Y. Yu (2010), doi:10.1214/09-AOS746.
Shares mlblue(const Eigen::MatrixXd& covariance, const std::vector<double>& costs);

/// The estimator of least variance at equal cost; of equal ones the simplest.
Shares best_shares(const Eigen::MatrixXd& covariance, const std::vector<double>& costs);

/// Groups with whole samples.
struct Plan {
  std::string method;
  std::vector<Group> groups;
  double variance = 0;  ///< predicted
  double cost = 0;
  /// True where some group runs the model.
  bool uses(int model) const;
};

/// The number of the first input of each group, the first of all `first`: no two groups share one, as the variance of the
/// sum of their parts demands.
std::vector<std::int64_t> first_inputs(const std::vector<Group>& groups, std::int64_t first);

/// Least samples of a group: below, its variance is not known well enough for an interval.
inline constexpr std::int64_t least_samples = 16;

/// Whole samples for a variance of at most `variance`, within `budget` where that is not enough: no group has fewer than
/// least_samples. A group with less than one sample is left out where the others do without.
Plan make_plan(const Shares& shares, const Eigen::MatrixXd& covariance, const std::vector<double>& costs,
               double variance, double budget);

}  // namespace marea::detail
