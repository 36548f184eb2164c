// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "lbfgs.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

namespace marea::detail {
namespace {

constexpr std::size_t memory = 10;

struct Pair {
  Vector step, change;  ///< of x and of the gradient
};

/// The gradient without the parts that lead out of the box.
Vector inside(const Vector& x, Vector gradient, const Vector& low, const Vector& high) {
  for (Eigen::Index i = 0; i < x.size(); ++i)
    if ((x[i] <= low[i] && gradient[i] > 0) || (x[i] >= high[i] && gradient[i] < 0)) gradient[i] = 0;
  return gradient;
}

/// The two loops: an approximate inverse Hessian times the gradient.
Vector direction(const std::deque<Pair>& pairs, const Vector& gradient) {
  Vector q = -gradient;
  std::vector<double> alpha(pairs.size());
  for (std::size_t k = pairs.size(); k-- > 0;) {
    alpha[k] = pairs[k].step.dot(q) / pairs[k].step.dot(pairs[k].change);
    q -= alpha[k] * pairs[k].change;
  }
  if (!pairs.empty()) q *= pairs.back().step.dot(pairs.back().change) / pairs.back().change.squaredNorm();
  for (std::size_t k = 0; k < pairs.size(); ++k)
    q += (alpha[k] - pairs[k].change.dot(q) / pairs[k].step.dot(pairs[k].change)) * pairs[k].step;
  return q;
}

}  // namespace

Minimum minimise(const std::function<double(const Vector& x, Vector& gradient)>& function, Vector x, const Vector& low,
                 const Vector& high, int iterations) {
  x = x.cwiseMax(low).cwiseMin(high);
  Vector gradient(x.size());
  double value = function(x, gradient);
  std::deque<Pair> pairs;
  for (int iteration = 0; iteration < iterations; ++iteration) {
    const Vector free = inside(x, gradient, low, high);
    if (!(free.lpNorm<Eigen::Infinity>() > 1e-6 * (1 + std::abs(value)))) break;
    Vector p = direction(pairs, free);
    if (!(p.dot(free) < 0)) {
      pairs.clear();
      p = -free;
    }
    if (pairs.empty()) p /= std::max(1.0, p.norm());
    bool moved = false;
    for (double length = 1; length > 1e-10; length /= 2) {
      const Vector next = (x + length * p).cwiseMax(low).cwiseMin(high);
      Vector next_gradient(x.size());
      const double next_value = function(next, next_gradient);
      if (!(next_value <= value + 1e-4 * gradient.dot(next - x))) continue;
      moved = (next - x).norm() > 0;
      Pair pair{next - x, next_gradient - gradient};
      if (pair.step.dot(pair.change) > 1e-12 * pair.change.squaredNorm()) pairs.push_back(std::move(pair));
      if (pairs.size() > memory) pairs.pop_front();
      x = next;
      gradient = next_gradient;
      value = next_value;
      break;
    }
    if (!moved) {
      if (pairs.empty()) break;
      pairs.clear();
    }
  }
  return {x, value};
}

}  // namespace marea::detail
