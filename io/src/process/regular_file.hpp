// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <filesystem>
#include <string>

#include <marea/io/error.hpp>

namespace marea::detail {

/// Throws IoError for a pipe or a device, which would keep its reader waiting or never end. What is missing or a folder
/// is left to whoever opens it.
inline void require_regular_file(const std::string& path) {
  std::error_code none;
  const auto status = std::filesystem::status(path, none);
  const bool odd = std::filesystem::exists(status) && !std::filesystem::is_directory(status) &&
                   !std::filesystem::is_regular_file(status);
  if (odd) fail<IoError>(path, "is not a regular file but a pipe or a device; write what it gives to a file first");
}

}  // namespace marea::detail
