// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <marea/solvers/numerics/quantiles.hpp>

#include "weighted_sum.hpp"

namespace marea::detail {
namespace {

template <class Function> Samples mapped(const Samples& s, Function&& f) {
  Samples out = s;
  out.pilot = s.pilot.unaryExpr(f);
  for (Eigen::MatrixXd& values : out.values) values = values.unaryExpr(f).eval();
  return out;
}

/// sum_of for indicators, whose variance a few samples do not see where truth and controls seldom part: the variance of
/// a group with the truth counts two samples more, half of one for each of truth and controls being 0 or 1.
/// Source: A. Agresti, Y. Min (2005), doi:10.1002/sim.1781.
Sum smoothed_sum_of(const Samples& s, const Weights& weights) {
  const auto numbers = weighted(s, weights);
  Sum sum;
  double fourth = 0;
  for (std::size_t g = 0; g < numbers.size(); ++g) {
    const Eigen::RowVectorXd& x = numbers[g];
    const bool truth = s.groups[g].models.front() == 0;
    const double n = static_cast<double>(x.size()), own = weights[g][0], others = weights[g].sum() - own;
    const double ends[] = {0, own, others, own + others};
    const double extra = truth ? 0.5 : 0.0;
    double total = x.sum(), squares = x.squaredNorm();
    sum.value += total / n;
    for (double end : ends) total += extra * end, squares += extra * end * end;
    const double count = n + 4 * extra, mean = total / count;
    const double part = std::max(squares / count - mean * mean, 0.0) / (truth ? count : n - 1);
    sum.variance += part;
    fourth += part * part / (n - 1);
  }
  sum.degrees = fourth > 0 ? sum.variance * sum.variance / fourth : 1;
  return sum;
}

/// The corrected distribution function: steps up and, at values of controls with negative weights, down.
class Steps {
 public:
  Steps(const Samples& s, const Weights& weights) {
    for (std::size_t g = 0; g < s.values.size(); ++g)
      for (Eigen::Index row = 0; row < s.values[g].rows(); ++row)
        for (double x : s.values[g].row(row))
          steps_.emplace_back(x, weights[g][row] / static_cast<double>(s.values[g].cols()));
    std::ranges::sort(steps_);
  }
  /// The middle between the first value where the function reaches `level` and the last one below which it has not.
  double inverse(double level) const {
    double first = steps_.back().first, last = steps_.front().first, sum = 0;
    bool reached = false;
    for (std::size_t n = 0; n < steps_.size(); ++n) {
      if (sum < level) last = steps_[n].first;
      sum += steps_[n].second;
      if (reached || sum < level || (n + 1 < steps_.size() && steps_[n + 1].first == steps_[n].first)) continue;
      first = steps_[n].first;
      reached = true;
    }
    return 0.5 * (first + last);
  }

 private:
  std::vector<std::pair<double, double>> steps_;
};

}  // namespace

std::int64_t replace_not_finite(Samples& s) {
  std::int64_t replaced = 0;
  Eigen::VectorXd means = Eigen::VectorXd::Zero(s.pilot.rows());
  const auto mend = [&](double& value, int model) {
    if (model == 0 || std::isfinite(value)) return;
    value = means[model];
    ++replaced;
  };
  for (Eigen::Index model = 0; model < s.pilot.rows(); ++model) {
    double count = 0;
    for (double value : s.pilot.row(model))
      if (std::isfinite(value)) means[model] += value, ++count;
    if (count > 0) means[model] /= count;
    for (Eigen::Index n = 0; n < s.pilot.cols(); ++n) mend(s.pilot(model, n), static_cast<int>(model));
  }
  for (std::size_t g = 0; g < s.values.size(); ++g)
    for (Eigen::Index row = 0; row < s.values[g].rows(); ++row)
      for (Eigen::Index n = 0; n < s.values[g].cols(); ++n)
        mend(s.values[g](row, n), s.groups[g].models[static_cast<std::size_t>(row)]);
  return replaced;
}

Estimate estimate_mean(const Samples& s) {
  const Sum sum = sum_of(weighted(s, weights_of(s)));
  const double half = sum.half_width(s.confidence);
  return {sum.value, std::sqrt(sum.variance), sum.value - half, sum.value + half};
}

Estimate estimate_std(const Samples& s) {
  const double centre = s.pilot.row(0).mean();
  const Samples first = mapped(s, [=](double x) { return x - centre; });
  const Samples second = mapped(s, [=](double x) { return (x - centre) * (x - centre); });
  const auto mean_parts = weighted(first, weights_of(first));
  auto parts = weighted(second, weights_of(second));
  const Sum mean = sum_of(mean_parts);
  const double variance = sum_of(parts).value - mean.value * mean.value + mean.variance;
  for (std::size_t g = 0; g < parts.size(); ++g) parts[g] -= 2 * mean.value * mean_parts[g];
  const Sum sum = sum_of(parts);
  const double half = sum.half_width(s.confidence), error = std::sqrt(sum.variance);
  if (!(half < 2 * variance)) {  // a variance that may be none has no logarithm
    const double value = std::sqrt(std::max(variance, 0.0));
    return {value, std::sqrt(std::max(variance, 0.0) + error) - value, 0, std::sqrt(std::max(variance + half, 0.0))};
  }
  const double value = std::sqrt(variance), relative = half / (2 * variance);
  return {value, error / (2 * value), value * std::exp(-relative), value * std::exp(relative)};
}

Estimate estimate_exceedance(const Samples& samples, double threshold) {
  const Samples s = mapped(samples, [=](double x) { return x > threshold ? 1.0 : 0.0; });
  const Sum sum = smoothed_sum_of(s, weights_of(s));
  const double half = sum.half_width(s.confidence);
  return {sum.value, std::sqrt(sum.variance), std::max(sum.value - half, 0.0), std::min(sum.value + half, 1.0)};
}

Estimate estimate_quantile(const Samples& s, double p) {
  std::vector<double> pilot(s.pilot.row(0).begin(), s.pilot.row(0).end());
  std::ranges::sort(pilot);
  const double rank = p * static_cast<double>(pilot.size() - 1);
  const double guess = pilot[static_cast<std::size_t>(std::llround(rank))];
  const Weights weights = weights_of(mapped(s, [=](double x) { return x <= guess ? 1.0 : 0.0; }));
  const Steps distribution(s, weights);
  Estimate e;
  e.value = distribution.inverse(p);
  const Sum sum = smoothed_sum_of(mapped(s, [&](double x) { return x <= e.value ? 1.0 : 0.0; }), weights);
  const double half = sum.half_width(s.confidence);
  e.low = distribution.inverse(std::max(p - half, 0.0));
  e.high = distribution.inverse(std::min(p + half, 1.0));
  e.standard_error = (e.high - e.low) / (2 * student_t_quantile(sum.degrees, 0.5 + 0.5 * s.confidence));
  return e;
}

}  // namespace marea::detail
