// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

namespace marea {

/// "2.13.0".
std::string torch_version();
/// "cpu", then "cuda:0", …
std::vector<std::string> torch_devices();
/// Waits for what LibTorch has enqueued on the device that this process computes on (io/queue.hpp), or on its first one
/// where none was set; nothing to wait for without a GPU.
void fence_torch();
/// Threads of one LibTorch operation.
int torch_threads();
/// Sets them, and OpenMP's default with them; at least 1.
void set_torch_threads(int threads);

}  // namespace marea
