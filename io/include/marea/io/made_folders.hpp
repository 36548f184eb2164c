// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <filesystem>
#include <system_error>
#include <vector>

namespace marea {

/// The folder that a piece of work writes into, with those above it. What it had to make and is empty in the end is
/// removed again: no folder stays of work that was refused before its first file.
class MadeFolders {
 public:
  MadeFolders() = default;  ///< none
  /// Makes `folder` where it is missing; nothing for an empty path. `error` says why it cannot be.
  MadeFolders(const std::filesystem::path& folder, std::error_code& error);
  MadeFolders(MadeFolders&&) = default;
  MadeFolders& operator=(MadeFolders&&) = default;
  ~MadeFolders();

 private:
  std::vector<std::filesystem::path> made_;  ///< the outermost first
};

}  // namespace marea
