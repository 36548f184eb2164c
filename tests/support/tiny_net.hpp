// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>

#include <marea/surrogate/normaliser.hpp>
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

inline ModelInfo tiny_model() {
  ModelInfo info;
  info.name = "tiny";
  for (const char* name : {"a", "b", "c", "d"}) info.inputs.push_back({.name = name});
  info.outputs = info.inputs;
  info.input_channels = info.output_channels = {"a", "b", "c", "d"};
  info.extents = {16};
  return info;
}

/// The net behind marea's interface: (1, 4, 16) to (1, 4, 16).
inline Surrogate tiny_surrogate(const std::shared_ptr<TinyNet>& net, const std::string& device = "cpu") {
  return make_surrogate(tiny_model(), net, device);
}

/// The same, its inputs scaled by channel and its outputs scaled increments.
inline Surrogate tiny_step_surrogate(const std::shared_ptr<TinyNet>& net, const std::string& device = "cpu") {
  ModelInfo info = tiny_model();
  info.task = "step";
  info.normaliser = write_options(NormaliserOptions{
      .residual = true, .input_mean = {1, 2, 3, 4}, .input_scale = {2, 2, 2, 2}, .output_scale = {3, 3, 3, 3}});
  return make_surrogate(info, net, device);
}

}  // namespace marea::test
