// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// What Surrogate::predict costs over a raw LibTorch call of the same tiny net, both in inference mode: rounds of A, B;
// prints JSON.
#include <algorithm>
#include <chrono>
#include <iostream>

#include <ATen/Parallel.h>

#include "support/tiny_net.hpp"

namespace {

using namespace marea;

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
  const auto net = std::make_shared<test::TinyNet>();
  const Surrogate surrogate = test::tiny_surrogate(net);
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
