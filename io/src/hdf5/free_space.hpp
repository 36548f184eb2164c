// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>

namespace marea::detail {

/// Throws IoError unless `bytes` more, and 1 MiB for what HDF5 adds, fit on the file system of `path` and under this
/// process's limit of file sizes: an append that fails half-way can leave a file that does not open.
void check_free_space(const std::string& path, std::int64_t bytes);

}  // namespace marea::detail
