// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <memory>

#include <torch/nn/module.h>

#include <marea/io/model_file.hpp>

namespace marea {

/// A neural network on normalised channels: x (B, C_in, [k,] [j,] i) -> (B, C_out, [k,] [j,] i).
class Net : public torch::nn::Module {
 public:
  virtual at::Tensor forward(const at::Tensor& x) = 0;
  /// Sets every weight from `generator`, in a fixed order.
  virtual void initialise(at::Generator generator) = 0;
};

/// The net that `info.options` ("name" and its options) describes, with channels and extents of `info`, freshly
/// initialised from `seed`. Throws ConfigError for an unknown name or option.
std::shared_ptr<Net> make_net(const ModelInfo& info, std::uint64_t seed);

}  // namespace marea
