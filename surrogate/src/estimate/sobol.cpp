// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "sobol.hpp"

#include <cmath>

#include "weighted_sum.hpp"

namespace marea::detail {
namespace {

/// f of each model's values on A, B and AB, about the model's mean over the pilot.
template <class Function> Samples combined(const PickFreeze& runs, Function&& f) {
  const auto of = [&](const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, const Eigen::MatrixXd& ab, auto&& centre) {
    Eigen::MatrixXd out(a.rows(), a.cols());
    for (Eigen::Index n = 0; n < a.cols(); ++n)
      for (Eigen::Index row = 0; row < a.rows(); ++row)
        out(row, n) = f(a(row, n) - centre(row), b(row, n) - centre(row), ab(row, n) - centre(row));
    return out;
  };
  const Eigen::VectorXd means = runs.a.pilot.rowwise().mean();
  Samples out{.groups = runs.a.groups, .pilot = {}, .values = {}, .confidence = runs.a.confidence};
  out.pilot = of(runs.a.pilot, runs.b.pilot, runs.ab.pilot, [&](Eigen::Index row) { return means[row]; });
  for (std::size_t g = 0; g < runs.a.values.size(); ++g) {
    const std::vector<int>& models = out.groups[g].models;
    out.values.push_back(of(runs.a.values[g], runs.b.values[g], runs.ab.values[g],
                            [&](Eigen::Index row) { return means[models[static_cast<std::size_t>(row)]]; }));
  }
  return out;
}

/// Quotient of two means; its error to first order.
Estimate ratio_of(const Samples& part, const Samples& whole) {
  auto numbers = weighted(part, weights_of(part));
  const auto variances = weighted(whole, weights_of(whole));
  const double variance = sum_of(variances).value;
  if (!(variance > 0)) return {};
  const double value = sum_of(numbers).value / variance;
  for (std::size_t g = 0; g < numbers.size(); ++g) numbers[g] = (numbers[g] - value * variances[g]) / variance;
  const Sum sum = sum_of(numbers);
  const double half = sum.half_width(part.confidence);
  return {value, std::sqrt(sum.variance), value - half, value + half};
}

Samples variance_of_runs(const PickFreeze& runs) {
  return combined(runs, [](double a, double b, double) { return 0.5 * (a - b) * (a - b); });
}

}  // namespace

Estimate estimate_sobol_first(const PickFreeze& runs) {
  return ratio_of(combined(runs, [](double a, double b, double ab) { return b * (ab - a); }), variance_of_runs(runs));
}

Estimate estimate_sobol_total(const PickFreeze& runs) {
  return ratio_of(combined(runs, [](double a, double, double ab) { return 0.5 * (a - ab) * (a - ab); }),
                  variance_of_runs(runs));
}

}  // namespace marea::detail
