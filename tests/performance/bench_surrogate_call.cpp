// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// What Surrogate::predict costs over a raw LibTorch call of the same tiny net, both in inference mode: rounds of A, B;
// prints JSON. `--device cuda`: net and arrays on the GPU, calls enqueued on its default stream, the clock stopped when
// all are done.
#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>

#include <ATen/Parallel.h>

#include <marea/surrogate/backend.hpp>

#include "support/tiny_net.hpp"

namespace {

using namespace marea;

double microseconds(const std::function<void()>& call) {
  constexpr int count = 20000;
  fence_torch();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) call();
  fence_torch();
  return 1e6 / count * std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

ArrayRef ref_of(const at::Tensor& tensor) {
  const DType dtype = tensor.scalar_type() == at::kDouble ? DType::f64 : DType::f32;
  ArrayRef ref = make_array_ref(tensor.data_ptr(), dtype, {tensor.sizes().data(), tensor.sizes().size()});
  if (tensor.is_cuda()) ref.memory = Memory::cuda;
  if (tensor.is_cuda()) ref.device = tensor.get_device();
  return ref;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string device = argc == 3 && std::string(argv[1]) == "--device" ? argv[2] : "cpu";
  if (argc != 1 && (argc != 3 || (device != "cpu" && device != "cuda"))) {
    std::cerr << "usage: bench_surrogate_call [--device cpu|cuda]\n";
    return 2;
  }
  at::set_num_threads(1);
  const at::Device where(device);
  const Queue queue = where.is_cuda() ? Queue{nullptr, 0} : Queue{};
  const auto net = std::make_shared<test::TinyNet>();
  const Surrogate plain = test::tiny_surrogate(net, device), scaled = test::tiny_step_surrogate(net, device);
  const auto array = [&](at::ScalarType dtype) {
    return at::zeros({1, 4, 16}, at::TensorOptions(dtype).device(where));
  };
  const at::Tensor in = array(at::kFloat), out = array(at::kFloat);
  const at::Tensor state = array(at::kDouble), next = array(at::kDouble);
  const ArrayRef x = ref_of(in), y = ref_of(out), u = ref_of(state), v = ref_of(next);
  const at::Tensor raw = [&] {  // a tensor of inference mode, as those over marea's arrays: cheaper to dispatch
    const c10::InferenceMode inference;
    return at::randn({1, 4, 16}, where);
  }();

  std::vector<double> raw_time, marea_time, difference, state_time;
  for (int round = 0; round < 11; ++round) {
    raw_time.push_back(microseconds([&] {
      const c10::InferenceMode inference;
      const at::Tensor result = net->forward(raw);
    }));
    marea_time.push_back(microseconds([&] { plain.predict(x, y, queue); }));
    difference.push_back(marea_time.back() - raw_time.back());
    state_time.push_back(microseconds([&] { scaled.predict(u, v, queue); }));
  }
  std::cout << "{\"device\": \"" << device << "\", \"raw_us\": " << median(raw_time)
            << ", \"marea_us\": " << median(marea_time) << ", \"overhead_us\": " << median(difference)
            << ", \"normalised_double_us\": " << median(state_time) << "}\n";
}
