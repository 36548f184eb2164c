// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "weighted_sum.hpp"

#include <cmath>

#include <marea/solvers/numerics/quantiles.hpp>

namespace marea::detail {

double Sum::half_width(double confidence) const {
  return student_t_quantile(degrees, 0.5 + 0.5 * confidence) * std::sqrt(variance);
}

Sum sum_of(const std::vector<Eigen::RowVectorXd>& numbers) {
  Sum sum;
  double fourth = 0;
  for (const Eigen::RowVectorXd& x : numbers) {
    const auto n = static_cast<double>(x.size());
    const double mean = x.mean(), part = (x.array() - mean).square().sum() / (n - 1) / n;
    sum.value += mean;
    sum.variance += part;
    fourth += part * part / (n - 1);
  }
  sum.degrees = fourth > 0 ? sum.variance * sum.variance / fourth : 1;
  return sum;
}

Weights weights_of(const Samples& s) { return blue_weights(s.groups, covariance_of(s.pilot)); }

std::vector<Eigen::RowVectorXd> weighted(const Samples& s, const Weights& weights) {
  std::vector<Eigen::RowVectorXd> numbers;
  for (std::size_t g = 0; g < s.values.size(); ++g) numbers.emplace_back(weights[g].transpose() * s.values[g]);
  return numbers;
}

}  // namespace marea::detail
