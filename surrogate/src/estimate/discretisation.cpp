// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "discretisation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "evaluation/held_out.hpp"

namespace marea::detail {
namespace {

/// The statistic of samples as they are.
double plain(const Statistic& statistic, const Eigen::RowVectorXd& x) {
  const double mean = x.mean();
  switch (statistic.kind) {
    case Statistic::Kind::mean: return mean;
    case Statistic::Kind::std: return std::sqrt((x.array() - mean).square().sum() / static_cast<double>(x.size() - 1));
    case Statistic::Kind::exceedance: return (x.array() > statistic.level).cast<double>().mean();
    case Statistic::Kind::quantile: {
      std::vector<double> sorted(x.begin(), x.end());
      std::ranges::sort(sorted);
      return sorted[static_cast<std::size_t>(std::llround(statistic.level * static_cast<double>(sorted.size() - 1)))];
    }
    case Statistic::Kind::sobol_first:
    case Statistic::Kind::sobol_total: break;
  }
  return 0;
}

}  // namespace

double discretisation_error(const Statistic& statistic, const Eigen::RowVectorXd& fine,
                            const Eigen::RowVectorXd& coarse) {
  if (statistic.picks()) return std::numeric_limits<double>::quiet_NaN();
  return reference_error(std::abs(plain(statistic, fine) - plain(statistic, coarse)), 0, 2);
}

}  // namespace marea::detail
