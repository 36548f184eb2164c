// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <ATen/ATen.h>

namespace marea {

/// Two linear maps with a GELU between, the same in every cell.
struct MlpWeights {
  at::Tensor weight_in, bias_in;    ///< (hidden, C_in), (hidden)
  at::Tensor weight_out, bias_out;  ///< (C_out, hidden), (C_out)
};

enum class ChannelOrder : std::uint8_t { first, last };

/// x (B, cells, C_in), contiguous -> (B, C_out, cells) or (B, cells, C_out), contiguous. On the CPU one fused kernel that keeps the
/// hidden channels in cache and computes them again in the backward pass; elsewhere ATen operations.
at::Tensor pointwise_mlp(const at::Tensor& x, const MlpWeights& weights, ChannelOrder order);

/// The same as plain ATen operations.
at::Tensor pointwise_mlp_unfused(const at::Tensor& x, const MlpWeights& weights, ChannelOrder order);

}  // namespace marea
