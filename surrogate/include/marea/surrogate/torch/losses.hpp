// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace marea {

// Losses of p (B, C, [k,] [j,] i) against t, scalar tensors that autograd can follow. `mask` (B, 1, …) of zeros and
// ones, or undefined for every cell; cells outside count nowhere.

/// Mean over samples of |p - t| / max(|t|, 1e-3 sqrt(values)), |.| the L2 norm over channels and cells: the floor
/// bounds what a sample a thousand times quieter than the training data (whose rms is 1 after scaling) can weigh.
at::Tensor relative_l2_loss(const at::Tensor& p, const at::Tensor& t, const at::Tensor& mask);

/// Mean over samples, channels and masked cells of (p - t)^2.
at::Tensor mse_loss(const at::Tensor& p, const at::Tensor& t, const at::Tensor& mask);

/// As relative_l2_loss with |u|^2 = sum over cells of u^2 + |grad u|^2: differences between neighbour cells that both
/// count, over `spacing` (one an axis, in storage order; any unit of length).
at::Tensor h1_loss(const at::Tensor& p, const at::Tensor& t, const at::Tensor& mask, const std::vector<double>& spacing);

/// Cell sizes in units of the longest side of the domain, from cell centres; 1 / n where an axis has no centres.
std::vector<double> relative_spacing(const std::vector<std::int64_t>& extents,
                                     const std::vector<std::vector<double>>& centres);

}  // namespace marea
