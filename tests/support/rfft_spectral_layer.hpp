// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <torch/fft.h>

#include <marea/surrogate/torch/spectral_layer.hpp>

namespace marea::test {

/// Rows of the full spectrum of n cells that hold the wave numbers 0 ... m-1, -(m-1) ... -1.
inline at::Tensor kept_rows(std::int64_t n, std::int64_t m, bool last) {
  std::vector<std::int64_t> rows;
  for (std::int64_t k = 0; k < m; ++k) rows.push_back(k);
  for (std::int64_t k = m - 1; k > 0 && !last; --k) rows.push_back(n - k);
  return at::tensor(rows, at::kLong);
}

/// The Fourier layer in its plain form: zeros appended up to the padded extents, rfftn, one complex matrix a mode,
/// irfftn, cut back. x (B, n_1 … n_D, C); `padded`: extents with the padding.
inline at::Tensor rfft_spectral_layer(const at::Tensor& x, const SpectralWeights& weights,
                                      const std::vector<std::int64_t>& padded, const std::vector<std::int64_t>& modes,
                                      Activation activation, Shortcut shortcut) {
  const std::int64_t axes = x.dim() - 2, out = weights.skip.size(0);
  std::vector<std::int64_t> dims, count, padding{0, 0};
  for (std::int64_t d = 1; d <= axes; ++d) dims.push_back(d);
  for (std::int64_t d = axes; d >= 1; --d) {
    padding.push_back(0);
    padding.push_back(padded[d - 1] - x.size(d));
  }
  const at::Tensor spectrum = torch::fft::rfftn(at::constant_pad_nd(x, padding), at::nullopt, dims, "forward");
  at::Tensor kept = spectrum;
  std::vector<at::Tensor> rows;
  for (std::int64_t d = 0; d < axes; ++d) {
    rows.push_back(kept_rows(padded[d], modes[d], d == axes - 1));
    kept = kept.index_select(d + 1, rows.back());
    count.push_back(rows.back().numel());
  }
  const at::Tensor matrix = at::complex(weights.spectral.select(2, 0).contiguous(),
                                        weights.spectral.select(2, 1).contiguous());  // (M, C_in, C_out)
  const at::Tensor mixed = at::einsum("bmi,mio->bmo", {kept.flatten(1, axes), matrix});
  std::vector<std::int64_t> shape{x.size(0)};
  shape.insert(shape.end(), count.begin(), count.end());
  shape.push_back(out);
  at::Tensor full = mixed.view(shape);
  for (std::int64_t d = axes - 1; d >= 0; --d) {  // back to the full spectrum, axis by axis
    std::vector<std::int64_t> wide = full.sizes().vec();
    wide[d + 1] = spectrum.size(d + 1);
    full = at::zeros(wide, full.options()).index_copy(d + 1, rows[d], full);
  }
  at::Tensor y = torch::fft::irfftn(full, padded, dims, "forward");
  for (std::int64_t d = 1; d <= axes; ++d) y = y.narrow(d, 0, x.size(d));
  y = y + at::linear(x, weights.skip, weights.bias);
  if (activation == Activation::gelu) y = at::gelu(y);
  return shortcut == Shortcut::identity ? y + x : y;
}

}  // namespace marea::test
