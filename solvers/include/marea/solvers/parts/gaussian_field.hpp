// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <numbers>
#include <vector>

#include <marea/io/random.hpp>
#include <marea/solvers/parts/static_field.hpp>

namespace marea {

/// A Gaussian random field on the unit square with covariance tau^2 (-Laplace + tau^2)^-2, no flux through its sides:
/// a sum of
/// cosines with independent normal coefficients, without a mean. The modes are fixed, so that every grid samples the
/// same field.
///
/// Source: Z. Li et al., Fourier neural operator (2021), arXiv:2010.08895, appendix A.3.2, and the generator of its
/// data.
struct GaussianField {
  double tau = 3;
  int modes = 64;          ///< along each axis
  std::int64_t seed = 1;
};

/// The value at x, y. Rows in turn are fast: the sum over y is kept.
inline StaticProfile gaussian_field(const GaussianField& o) {
  struct Row {
    std::vector<double> coefficients, sum;  // (ky, kx); of the row
    double y = std::numeric_limits<double>::quiet_NaN();
  };
  const auto row = std::make_shared<Row>();
  const Random random(static_cast<std::uint64_t>(o.seed), "gaussian_field");
  for (int ky = 0; ky < o.modes; ++ky)
    for (int kx = 0; kx < o.modes; ++kx) {
      const auto index = static_cast<std::uint64_t>(ky * 65536 + kx);  // of no number of modes
      const double radius = std::sqrt(-2 * std::log1p(-random.uniform(2 * index)));
      const double normal = radius * std::cos(2 * std::numbers::pi * random.uniform(2 * index + 1));
      const double norm = (kx > 0 ? std::numbers::sqrt2 : 1) * (ky > 0 ? std::numbers::sqrt2 : 1);
      const double deviation = o.tau / (std::numbers::pi * std::numbers::pi * (kx * kx + ky * ky) + o.tau * o.tau);
      row->coefficients.push_back(kx + ky == 0 ? 0 : norm * deviation * normal);
    }
  return [o, row](const Point& p) {
    if (p[1] != row->y) {
      row->y = p[1];
      row->sum.assign(static_cast<std::size_t>(o.modes), 0);
      for (int ky = 0; ky < o.modes; ++ky) {
        const double factor = std::cos(std::numbers::pi * ky * p[1]);
        for (int kx = 0; kx < o.modes; ++kx) row->sum[kx] += factor * row->coefficients[ky * o.modes + kx];
      }
    }
    double value = 0;
    for (int kx = 0; kx < o.modes; ++kx) value += row->sum[kx] * std::cos(std::numbers::pi * kx * p[0]);
    return value;
  };
}

}  // namespace marea
