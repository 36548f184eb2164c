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
/// Threads of one LibTorch operation.
int torch_threads();

}  // namespace marea
