// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "blue.hpp"

#include <algorithm>
#include <cmath>

namespace marea::detail {
namespace {

/// Share of independent noise in every model: keeps groups of models that say the same solvable.
constexpr double noise = 1e-10;

/// Share of the truth's variance below which a control counts less and less. Its variance in the pilot would be the
/// divisor of its weight: a cell that ran dry in every pilot run but not in all later ones must not decide.
constexpr double faint = 1e-2;

/// Correlations, with no link to a model that does not vary and a fading one to a model that varies little.
Eigen::MatrixXd correlations(const Eigen::MatrixXd& covariance) {
  const Eigen::VectorXd scale = covariance.diagonal().cwiseMax(0).cwiseSqrt();
  const auto link = [&](Eigen::Index model) {
    const double own = covariance(model, model), least = faint * covariance(0, 0);
    return model == 0 ? 1.0 : own * own / (own * own + least * least);
  };
  Eigen::MatrixXd c = Eigen::MatrixXd::Identity(covariance.rows(), covariance.cols());
  for (Eigen::Index i = 0; i < c.rows(); ++i)
    for (Eigen::Index j = 0; j < c.cols(); ++j)
      if (i != j && scale[i] > 0 && scale[j] > 0)
        c(i, j) = link(i) * link(j) * covariance(i, j) / (scale[i] * scale[j]);
  return c + noise * Eigen::MatrixXd::Identity(c.rows(), c.cols());
}

/// Each model of the groups by its place among those that some group runs.
std::vector<int> used_models(const std::vector<Group>& groups) {
  std::vector<int> used;
  for (const Group& group : groups)
    if (group.samples > 0) used.insert(used.end(), group.models.begin(), group.models.end());
  std::ranges::sort(used);
  used.erase(std::ranges::unique(used).begin(), used.end());
  return used;
}

}  // namespace

Eigen::MatrixXd part_of(const Eigen::MatrixXd& all, const std::vector<int>& models) { return all(models, models); }

Eigen::MatrixXd covariance_of(const Eigen::MatrixXd& samples) {
  const Eigen::MatrixXd centred = samples.colwise() - samples.rowwise().mean();
  return centred * centred.transpose() / static_cast<double>(samples.cols() - 1);
}

std::vector<Eigen::VectorXd> blue_weights(const std::vector<Group>& groups, const Eigen::MatrixXd& covariance) {
  const Eigen::MatrixXd c = correlations(covariance);
  const std::vector<int> used = used_models(groups);
  const auto count = static_cast<Eigen::Index>(used.size());
  const auto place = [&](int model) { return std::ranges::lower_bound(used, model) - used.begin(); };
  Eigen::MatrixXd information = Eigen::MatrixXd::Zero(count, count);
  std::vector<Eigen::MatrixXd> precision;
  for (const Group& group : groups) {
    const Eigen::MatrixXd own = part_of(c, group.models).inverse() * static_cast<double>(group.samples);
    precision.push_back(own);
    for (std::size_t a = 0; group.samples > 0 && a < group.models.size(); ++a)
      for (std::size_t b = 0; b < group.models.size(); ++b)
        information(place(group.models[a]), place(group.models[b])) +=
            own(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
  }
  const Eigen::VectorXd first = information.ldlt().solve(Eigen::VectorXd::Unit(count, 0));
  std::vector<Eigen::VectorXd> weights;
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(covariance.rows());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto& models = groups[g].models;
    Eigen::VectorXd mine = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(models.size()));
    if (groups[g].samples > 0)
      for (std::size_t m = 0; m < models.size(); ++m) mine[static_cast<Eigen::Index>(m)] = first[place(models[m])];
    weights.emplace_back(precision[g] * mine);
    for (std::size_t m = 0; m < models.size(); ++m) {
      const double own = covariance(models[m], models[m]), truth = covariance(0, 0);
      double& weight = weights.back()[static_cast<Eigen::Index>(m)];
      if (models[m] != 0) weight *= own > 0 && truth > 0 ? std::sqrt(truth / own) : 0.0;
      sums[models[m]] += weight;
    }
  }
  // Round-off of an ill-conditioned system must not bias: the group with most samples of a model takes the rest.
  for (int model : used) {
    std::size_t most = groups.size();
    for (std::size_t g = 0; g < groups.size(); ++g)
      if (std::ranges::find(groups[g].models, model) != groups[g].models.end() &&
          (most == groups.size() || groups[g].samples > groups[most].samples))
        most = g;
    const auto at = std::ranges::find(groups[most].models, model) - groups[most].models.begin();
    weights[most][at] += (model == 0 ? 1.0 : 0.0) - sums[model];
  }
  return weights;
}

double variance_of(const std::vector<Group>& groups, const std::vector<Eigen::VectorXd>& weights,
                   const Eigen::MatrixXd& covariance) {
  double variance = 0;
  for (std::size_t g = 0; g < groups.size(); ++g)
    if (groups[g].samples > 0)
      variance += weights[g].dot(part_of(covariance, groups[g].models) * weights[g]) /
                  static_cast<double>(groups[g].samples);
  return variance;
}

}  // namespace marea::detail
