// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>

#include <torch/nn.h>

#include <marea/io/model_file.hpp>

namespace marea {

/// A neural network on normalised channels: x (B, C_in, [k,] [j,] i) -> (B, C_out, [k,] [j,] i).
class Net : public torch::nn::Module {
 public:
  virtual at::Tensor forward(const at::Tensor& x) = 0;
};

/// The net that `info.name` and `info.options` describe, with channels and extents of `info`, freshly initialised
/// from `seed`. Throws ConfigError for an unknown name or option.
std::shared_ptr<Net> make_net(const ModelInfo& info, std::uint64_t seed);

}  // namespace marea
