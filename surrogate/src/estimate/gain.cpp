// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>

#include <marea/io/random.hpp>

#include "study.hpp"

namespace marea::detail {

Eigen::MatrixXd covariance_over(const std::vector<Eigen::MatrixXf>& pilot, Eigen::Index first, Eigen::Index size) {
  const auto models = static_cast<Eigen::Index>(pilot.size());
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(models, models);
  Samples cell;
  for (Eigen::Index row = first; row < first + size; ++row) {
    cell.pilot.resize(models, pilot.front().cols());
    for (Eigen::Index m = 0; m < models; ++m)
      cell.pilot.row(m) = pilot[static_cast<std::size_t>(m)].row(row).cast<double>();
    replace_not_finite(cell);
    sum += covariance_of(cell.pilot);
  }
  return sum / static_cast<double>(size);
}

Gain gain_of(const std::vector<Eigen::MatrixXf>& pilot, Eigen::Index size, const std::vector<double>& costs,
             const std::vector<int>& levels) {
  const auto ratio = [&](const Eigen::MatrixXd& c, const std::vector<double>& of) {
    const double best = best_shares(c, of).variance_cost;
    return best > 0 ? monte_carlo(c, of).variance_cost / best : 1.0;
  };
  const Eigen::MatrixXd all = covariance_over(pilot, 0, size);
  Gain gain{.over_monte_carlo = ratio(all, costs)};
  std::vector<double> own;
  for (int level : levels) own.push_back(costs[static_cast<std::size_t>(level)]);
  gain.of_levels = ratio(part_of(all, levels), own);
  constexpr int draws = 40;
  const auto count = static_cast<std::int64_t>(pilot.front().cols());
  std::vector<double> gains;
  // A field is resampled by a few hundred of its cells: the range needs no more.
  const Eigen::Index stride = std::max<Eigen::Index>(1, size / 200), rows = (size + stride - 1) / stride;
  for (int draw = 0; draw < draws; ++draw) {
    const Random random(0, "estimate.bootstrap", static_cast<std::uint64_t>(draw));
    std::vector<Eigen::MatrixXf> again(pilot.size(), Eigen::MatrixXf(rows, count));
    for (std::int64_t n = 0; n < count; ++n) {
      const auto from = random.below(static_cast<std::uint64_t>(n), count);
      for (std::size_t m = 0; m < pilot.size(); ++m)
        for (Eigen::Index row = 0; row < rows; ++row) again[m](row, n) = pilot[m](row * stride, from);
    }
    gains.push_back(ratio(covariance_over(again, 0, rows), costs));
  }
  std::ranges::sort(gains);
  gain.low = std::min(gains[1], gain.over_monte_carlo);
  gain.high = std::max(gains[draws - 2], gain.over_monte_carlo);
  return gain;
}

std::int64_t Study::samples_of(int model) const {
  std::int64_t n = 0;
  for (const Group& group : plan.groups)
    if (std::ranges::find(group.models, model) != group.models.end()) n += group.samples;
  return n;
}

}  // namespace marea::detail
