// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include "statistics.hpp"

namespace marea::detail {

using Weights = std::vector<Eigen::VectorXd>;

/// Sum over the groups of the mean of one number a sample, with its variance and degrees of freedom.
struct Sum {
  double value = 0, variance = 0, degrees = 1;
  /// Half of the interval: Student's with the degrees of freedom of Welch and Satterthwaite.
  double half_width(double confidence) const;
};

/// \param numbers  of each group, one a sample
Sum sum_of(const std::vector<Eigen::RowVectorXd>& numbers);

/// The best weights by the pilot's covariances.
Weights weights_of(const Samples& samples);

/// Of each group one number a sample: its models' values times the group's weights.
std::vector<Eigen::RowVectorXd> weighted(const Samples& samples, const Weights& weights);

}  // namespace marea::detail
