// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/made_folders.hpp>

namespace marea {

namespace fs = std::filesystem;

MadeFolders::MadeFolders(const fs::path& folder, std::error_code& error) {
  std::vector<fs::path> missing;
  std::error_code ignored;
  for (fs::path at = folder; !at.empty() && !fs::exists(at, ignored); at = at.parent_path())
    missing.insert(missing.begin(), at);
  error.clear();
  for (const fs::path& each : missing) {
    if (fs::create_directory(each, error)) made_.push_back(each);
    if (error) return;
  }
  if (!folder.empty() && !fs::is_directory(folder, error) && !error)
    error = std::make_error_code(std::errc::not_a_directory);
}

MadeFolders::~MadeFolders() {
  std::error_code ignored;
  for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder) fs::remove(*folder, ignored);  // where empty
}

}  // namespace marea
