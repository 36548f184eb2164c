// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/surrogate/torch/fourier_basis.hpp>

namespace marea {

/// Weights of one Fourier layer with C channels and M complex modes.
struct SpectralWeights {
  at::Tensor spectral;  ///< (M, C_in, 2, C_out): real and imaginary part of one matrix a mode
  at::Tensor skip;      ///< (C_out, C_in): pointwise linear map
  at::Tensor bias;      ///< (C_out)
};

enum class Activation : std::uint8_t { none, gelu };
enum class Shortcut : std::uint8_t { none, identity };

/// One Fourier layer, y = s(K x + W x + b) [+ x], with K the product of each kept mode with its own complex matrix.
///
/// x (B, [k,] [j,] i, C_in), channels last and contiguous; y likewise with C_out. On the CPU one fused kernel
/// with its own gradient; elsewhere ATen operations. Differentiable once in x and the weights.
///
/// Source: Li et al. (2021), Fourier neural operator for parametric partial differential equations, arXiv:2010.08895.
at::Tensor spectral_layer(const at::Tensor& x, const SpectralWeights& weights,
                          const c10::intrusive_ptr<FourierBasis>& basis, Activation activation, Shortcut shortcut);

/// The same as plain ATen operations, differentiable any number of times, on any device.
at::Tensor spectral_layer_unfused(const at::Tensor& x, const SpectralWeights& weights, const FourierBasis& basis,
                                  Activation activation, Shortcut shortcut);

}  // namespace marea
