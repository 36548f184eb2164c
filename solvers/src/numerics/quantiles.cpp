// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/quantiles.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace marea {

double normal_quantile(double p) {
  if (p > 0.5) return -normal_quantile(1 - p);
  if (!(p > 0)) return -std::numeric_limits<double>::infinity();
  const double t = std::sqrt(-2 * std::log(p));
  double x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (int step = 0; step < 3; ++step) {
    const double error = 0.5 * std::erfc(-x / std::numbers::sqrt2) - p;
    const double u = error * std::sqrt(2 * std::numbers::pi) * std::exp(0.5 * x * x);
    x -= u / (1 + 0.5 * x * u);
  }
  return x;
}

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incomplete_beta(b, a, 1 - x);
  const double scale =
      std::exp(a * std::log(x) + b * std::log1p(-x) + std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b)) / a;
  constexpr double tiny = 1e-300;
  double f = 1, c = 1, d = 0;
  for (int i = 0; i <= 500; ++i) {
    const int m = i / 2;
    double term = 1;
    if (i > 0 && i % 2 == 0) term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    if (i % 2 == 1) term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + term * d;
    d = 1 / (std::fabs(d) < tiny ? tiny : d);
    c = 1 + term / c;
    if (std::fabs(c) < tiny) c = tiny;
    f *= c * d;
    if (i > 0 && std::fabs(1 - c * d) < 1e-16) break;
  }
  return scale * (f - 1);
}

double beta_quantile(double a, double b, double p) {
  double low = 0, high = 1;
  while (true) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) return middle;
    (incomplete_beta(a, b, middle) < p ? low : high) = middle;
  }
}

double student_t_quantile(double degrees, double p) {
  if (p == 0.5) return 0;
  if (p < 0.5) return -student_t_quantile(degrees, 1 - p);
  const double x = beta_quantile(0.5 * degrees, 0.5, 2 * (1 - p));
  return std::sqrt(degrees * (1 - x) / std::max(x, std::numeric_limits<double>::min()));
}

}  // namespace marea
