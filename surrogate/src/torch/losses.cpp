// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/losses.hpp>

#include <algorithm>
#include <cmath>

namespace marea {
namespace {

at::Tensor masked(const at::Tensor& u, const at::Tensor& mask) { return mask.defined() ? u * mask : u; }

/// (B) sum of squares of each sample.
at::Tensor square_sum(const at::Tensor& u) { return u.square().flatten(1).sum(1); }

/// Numbers that count in each sample: (B), or a scalar where all do.
at::Tensor values(const at::Tensor& u, const at::Tensor& mask) {
  if (mask.defined()) return mask.flatten(1).sum(1) * static_cast<double>(u.size(1));
  return at::full({}, static_cast<double>(u.numel() / u.size(0)), u.options());
}

at::Tensor ratio_of_roots(const at::Tensor& error, const at::Tensor& size, const at::Tensor& count) {
  // Under the root of an exact hit stands a tiny number: the slope of sqrt at 0 is infinite.
  return (at::sqrt(error + 1e-30) / at::sqrt(at::maximum(size, 1e-6 * count))).mean();
}

/// (B) sum of |grad u|^2 over the faces between cells that count.
at::Tensor gradient_square_sum(const at::Tensor& u, const at::Tensor& mask, const std::vector<double>& spacing) {
  at::Tensor total = at::zeros({u.size(0)}, u.options());
  for (std::int64_t axis = 2; axis < u.dim(); ++axis) {
    const std::int64_t n = u.size(axis) - 1;
    if (n < 1) continue;
    at::Tensor difference = (u.narrow(axis, 1, n) - u.narrow(axis, 0, n)) / spacing[static_cast<std::size_t>(axis - 2)];
    if (mask.defined()) difference = difference * mask.narrow(axis, 1, n) * mask.narrow(axis, 0, n);
    total = total + square_sum(difference);
  }
  return total;
}

}  // namespace

at::Tensor relative_l2_loss(const at::Tensor& p, const at::Tensor& t, const at::Tensor& mask) {
  return ratio_of_roots(square_sum(masked(p - t, mask)), square_sum(masked(t, mask)), values(t, mask));
}

at::Tensor mse_loss(const at::Tensor& p, const at::Tensor& t, const at::Tensor& mask) {
  return (square_sum(masked(p - t, mask)) / values(t, mask)).mean();
}

at::Tensor h1_loss(const at::Tensor& p, const at::Tensor& t, const at::Tensor& mask, const std::vector<double>& spacing) {
  const at::Tensor e = p - t;
  return ratio_of_roots(square_sum(masked(e, mask)) + gradient_square_sum(e, mask, spacing),
                        square_sum(masked(t, mask)) + gradient_square_sum(t, mask, spacing), values(t, mask));
}

std::vector<double> relative_spacing(const std::vector<std::int64_t>& extents,
                                     const std::vector<std::vector<double>>& centres) {
  std::vector<double> spacing;
  double longest = 0;
  for (std::size_t d = 0; d < extents.size(); ++d) {
    const auto n = static_cast<double>(extents[d]);
    const bool known = d < centres.size() && centres[d].size() > 1;
    spacing.push_back(known ? (centres[d].back() - centres[d].front()) / (n - 1) : 1 / n);
    longest = std::max(longest, spacing.back() * n);
  }
  for (double& s : spacing) s /= longest;
  return spacing;
}

}  // namespace marea
