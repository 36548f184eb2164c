// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>

#include <marea/surrogate/torch/torch_surrogate.hpp>

namespace marea::test {

/// A net so small that a call costs little more than what stands round it: one matrix over the 16 cells of each channel.
class TinyNet final : public Net {
 public:
  TinyNet() : weight_(register_parameter("weight", at::randn({16, 16}))) {}
  void initialise(at::Generator) override {}
  at::Tensor forward(const at::Tensor& x) override { return at::matmul(x, weight_); }

 private:
  at::Tensor weight_;
};

/// The net behind marea's interface: (1, 4, 16) to (1, 4, 16).
inline Surrogate tiny_surrogate(const std::shared_ptr<TinyNet>& net) {
  ModelInfo info;
  info.name = "tiny";
  info.input_channels = info.output_channels = {"a", "b", "c", "d"};
  info.extents = {16};
  return make_surrogate(info, net);
}

}  // namespace marea::test
