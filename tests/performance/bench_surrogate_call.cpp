// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// What Surrogate::predict costs over a raw LibTorch call of the same tiny net, both in inference mode: rounds of A, B;
// prints JSON.
#include <algorithm>
#include <chrono>
#include <iostream>

#include <ATen/Parallel.h>

#include <marea/surrogate/torch/torch_surrogate.hpp>

namespace {

using namespace marea;

/// One linear map from 4 channels to 4, on a row of 16 cells.
class TinyLinear : public Net {
 public:
  TinyLinear() : weight_(register_parameter("weight", at::randn({16, 16}))) {}
  void initialise(at::Generator) override {}
  at::Tensor forward(const at::Tensor& x) override { return at::matmul(x, weight_); }

 private:
  at::Tensor weight_;
};

template <class Call> double microseconds(Call&& call) {
  constexpr int count = 20000;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) call();
  return 1e6 / count * std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

}  // namespace

int main() {
  at::set_num_threads(1);
  ModelInfo info;
  info.name = "tiny";
  info.input_channels = info.output_channels = {"a", "b", "c", "d"};
  info.extents = {16};
  const auto net = std::make_shared<TinyLinear>();
  const Surrogate surrogate = make_surrogate(info, net);
  const HostArray in(DType::f32, {1, 4, 16}), out(DType::f32, {1, 4, 16});
  const ArrayRef x = in.ref(), y = out.ref();
  const at::Tensor raw = [] {  // a tensor of inference mode, as those over marea's arrays: cheaper to dispatch
    const c10::InferenceMode inference;
    return at::randn({1, 4, 16});
  }();

  std::vector<double> raw_time, marea_time, difference;
  for (int round = 0; round < 11; ++round) {
    raw_time.push_back(microseconds([&] {
      const c10::InferenceMode inference;
      const at::Tensor result = net->forward(raw);
    }));
    marea_time.push_back(microseconds([&] { surrogate.predict(x, y); }));
    difference.push_back(marea_time.back() - raw_time.back());
  }
  std::cout << "{\"raw_us\": " << median(raw_time) << ", \"marea_us\": " << median(marea_time)
            << ", \"overhead_us\": " << median(difference) << "}\n";
}
