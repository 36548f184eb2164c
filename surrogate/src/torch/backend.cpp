// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/backend.hpp>

#include <algorithm>

#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <marea/io/queue.hpp>

namespace marea {

std::string torch_version() { return TORCH_VERSION; }

std::vector<std::string> torch_devices() {
  std::vector<std::string> names{"cpu"};
  const int count = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
  for (int i = 0; i < count; ++i) names.push_back("cuda:" + std::to_string(i));
  return names;
}

void fence_torch() {
  if (torch::cuda::is_available()) torch::cuda::synchronize(std::max(process_device(), 0));
}

int torch_threads() { return at::get_num_threads(); }
void set_torch_threads(int threads) { at::set_num_threads(threads); }

}  // namespace marea
