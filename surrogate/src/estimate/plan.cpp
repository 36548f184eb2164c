// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace marea::detail {
namespace {

double cost_of(const std::vector<int>& models, const std::vector<double>& costs) {
  double sum = 0;
  for (int model : models) sum += costs[static_cast<std::size_t>(model)];
  return sum;
}

/// Every set of `count` models, by bits, that holds the truth.
template <class Work> void for_each_subset(int count, Work&& work) {
  for (unsigned bits = 1; bits < 1u << count; bits += 2) {
    std::vector<int> models;
    for (int model = 0; model < count; ++model)
      if (bits >> model & 1u) models.push_back(model);
    work(models);
  }
}

double squared_correlation(const Eigen::MatrixXd& c, int model) {
  return c(model, model) > 0 && c(0, 0) > 0 ? c(0, model) * c(0, model) / (c(0, 0) * c(model, model)) : 0.0;
}

/// MFMC over exactly these models, the first the truth and the rest by falling correlation; variance_cost is infinite
/// where the optimal sets are not nested.
Shares mfmc_over(const std::vector<int>& order, const Eigen::MatrixXd& c, const std::vector<double>& costs) {
  Shares s{.method = "mfmc", .groups = {}, .samples = {}, .variance_cost = std::numeric_limits<double>::infinity()};
  std::vector<double> rho2{1};
  for (std::size_t k = 1; k < order.size(); ++k) rho2.push_back(std::min(squared_correlation(c, order[k]), 1 - 1e-12));
  rho2.push_back(0);
  const auto cost = [&](std::size_t k) { return costs[static_cast<std::size_t>(order[k])]; };
  std::vector<double> n;
  double total = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    n.push_back(std::sqrt(cost(0) * (rho2[k] - rho2[k + 1]) / (cost(k) * (1 - rho2[1]))));
    if (k > 0 && !(n[k] > n[k - 1])) return s;
    total += cost(k) * n[k];
  }
  s.variance_cost = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    n[k] /= total;
    s.variance_cost += c(0, 0) * (rho2[k] - rho2[k + 1]) / n[k];
    std::vector<int> group(order.begin() + static_cast<std::ptrdiff_t>(k), order.end());
    std::ranges::sort(group);
    s.groups.push_back(std::move(group));
    s.samples.push_back(n[k] - (k > 0 ? n[k - 1] : 0));
  }
  return s;
}

Shares mlmc_over(const std::vector<int>& order, const Eigen::MatrixXd& c, const std::vector<double>& costs) {
  Shares s{.method = "mlmc", .groups = {}, .samples = {}};
  double root = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    std::vector<int> group{order[k]};
    double variance = c(order[k], order[k]);
    if (k + 1 < order.size()) {
      group.push_back(order[k + 1]);
      variance += c(order[k + 1], order[k + 1]) - 2 * c(order[k], order[k + 1]);
    }
    const double cost = cost_of(group, costs);
    variance = std::max(variance, 1e-12 * c(0, 0));
    root += std::sqrt(variance * cost);
    s.samples.push_back(std::sqrt(variance / cost));
    std::ranges::sort(group);
    s.groups.push_back(std::move(group));
  }
  for (double& n : s.samples) n /= root;
  s.variance_cost = root * root;
  return s;
}

/// Of all subsets, each in the order that `less` gives.
template <class Over, class Less>
Shares best_over(const Eigen::MatrixXd& c, Over&& over, Less&& less) {
  Shares best{.method = "", .groups = {}, .samples = {}, .variance_cost = std::numeric_limits<double>::infinity()};
  for_each_subset(static_cast<int>(c.rows()), [&](std::vector<int> models) {
    std::stable_sort(models.begin() + 1, models.end(), less);
    Shares one = over(models);
    if (one.variance_cost < best.variance_cost) best = std::move(one);
  });
  return best;
}

/// e0' M^-1 with M the information of the groups at these shares of the cost, on normalised covariances.
struct Design {
  std::vector<std::vector<int>> groups;
  std::vector<Eigen::MatrixXd> information;  ///< of one unit of cost, models x models
};

Design design_of(const Eigen::MatrixXd& c, const std::vector<double>& costs) {
  Design d;
  const int count = static_cast<int>(c.rows());
  for (unsigned bits = 1; bits < 1u << count; ++bits) {
    std::vector<int> models;
    for (int model = 0; model < count; ++model)
      if (bits >> model & 1u) models.push_back(model);
    Eigen::MatrixXd own = part_of(c, models);
    own.diagonal() *= 1 + 1e-10;
    Eigen::MatrixXd all = Eigen::MatrixXd::Zero(count, count);
    all(models, models) = own.inverse() / cost_of(models, costs);
    d.groups.push_back(std::move(models));
    d.information.push_back(std::move(all));
  }
  return d;
}

}  // namespace

Shares monte_carlo(const Eigen::MatrixXd& c, const std::vector<double>& costs) {
  return {.method = "monte_carlo", .groups = {{0}}, .samples = {1 / costs[0]}, .variance_cost = c(0, 0) * costs[0]};
}

Shares mfmc(const Eigen::MatrixXd& c, const std::vector<double>& costs) {
  return best_over(c, [&](const auto& order) { return mfmc_over(order, c, costs); },
                   [&](int a, int b) { return squared_correlation(c, a) > squared_correlation(c, b); });
}

Shares mlmc(const Eigen::MatrixXd& c, const std::vector<double>& costs) {
  return best_over(c, [&](const auto& order) { return mlmc_over(order, c, costs); },
                   [&](int a, int b) { return costs[static_cast<std::size_t>(a)] > costs[static_cast<std::size_t>(b)]; });
}

Shares mlblue(const Eigen::MatrixXd& covariance, const std::vector<double>& costs) {
  Eigen::VectorXd scale = covariance.diagonal().cwiseMax(0).cwiseSqrt();
  Eigen::MatrixXd c = covariance;
  for (Eigen::Index i = 0; i < c.rows(); ++i)
    for (Eigen::Index j = 0; j < c.cols(); ++j)
      c(i, j) = i == j ? 1.0 : scale[i] > 0 && scale[j] > 0 ? covariance(i, j) / (scale[i] * scale[j]) : 0.0;
  const Design d = design_of(c, costs);
  const auto count = static_cast<Eigen::Index>(d.groups.size());
  Eigen::VectorXd p = Eigen::VectorXd::Constant(count, 1.0 / static_cast<double>(count));
  double variance = std::numeric_limits<double>::infinity();
  for (int step = 0; step < 20000; ++step) {
    Eigen::MatrixXd m = Eigen::MatrixXd::Zero(c.rows(), c.cols());
    for (Eigen::Index g = 0; g < count; ++g) m += p[g] * d.information[static_cast<std::size_t>(g)];
    const Eigen::VectorXd x = m.ldlt().solve(Eigen::VectorXd::Unit(c.rows(), 0));
    Eigen::VectorXd slope(count);
    for (Eigen::Index g = 0; g < count; ++g)
      slope[g] = std::max(x.dot(d.information[static_cast<std::size_t>(g)] * x), 0.0);
    variance = x[0];
    if (slope.maxCoeff() < variance * (1 + 1e-6)) break;  // the equivalence theorem: no group gains more
    p = p.cwiseProduct(slope.cwiseSqrt()).cwiseMax(1e-14);
    p /= p.sum();
  }
  Shares s{.method = "mlblue", .groups = {}, .samples = {}, .variance_cost = variance * covariance(0, 0)};
  for (Eigen::Index g = 0; g < count; ++g) {
    if (p[g] < 1e-6) continue;
    s.groups.push_back(d.groups[static_cast<std::size_t>(g)]);
    s.samples.push_back(p[g] / cost_of(s.groups.back(), costs));
  }
  return s;
}

Shares best_shares(const Eigen::MatrixXd& c, const std::vector<double>& costs) {
  Shares best = monte_carlo(c, costs);
  for (Shares& other : std::vector{mfmc(c, costs), mlmc(c, costs), mlblue(c, costs)})
    if (other.variance_cost < 0.99 * best.variance_cost) best = std::move(other);
  return best;
}

std::vector<std::int64_t> first_inputs(const std::vector<Group>& groups, std::int64_t first) {
  std::vector<std::int64_t> firsts;
  for (const Group& group : groups) {
    firsts.push_back(first);
    first += group.samples;
  }
  return firsts;
}

bool Plan::uses(int model) const {
  return std::ranges::any_of(groups, [&](const Group& group) {
    return group.samples > 0 && std::ranges::find(group.models, model) != group.models.end();
  });
}

Plan make_plan(const Shares& shares, const Eigen::MatrixXd& c, const std::vector<double>& costs, double variance,
               double budget) {
  const double spend = std::min(shares.variance_cost / variance, budget);
  Plan plan{.method = shares.method, .groups = {}};
  for (std::size_t g = 0; g < shares.groups.size(); ++g) {
    const double n = shares.samples[g] * spend;
    const bool truth = shares.groups[g].front() == 0;
    // A group that is worth less than its least size in the optimum is left out, unless it is all that has the truth.
    if (n < 0.25 * least_samples && !(truth && shares.groups.size() == 1)) continue;
    const auto whole = static_cast<std::int64_t>(spend < budget ? std::ceil(n) : std::floor(n));
    plan.groups.push_back({shares.groups[g], std::max(whole, least_samples)});
  }
  const auto holds_truth = [](const Group& group) { return group.models.front() == 0; };
  if (std::ranges::none_of(plan.groups, holds_truth)) {
    std::size_t best = 0;
    double most = -1;
    for (std::size_t g = 0; g < shares.groups.size(); ++g)
      if (shares.groups[g].front() == 0 && shares.samples[g] > most) most = shares.samples[g], best = g;
    plan.groups.insert(plan.groups.begin(), {shares.groups[best], least_samples});
  }
  plan.variance = variance_of(plan.groups, blue_weights(plan.groups, c), c);
  for (const Group& group : plan.groups) plan.cost += static_cast<double>(group.samples) * cost_of(group.models, costs);
  return plan;
}

}  // namespace marea::detail
