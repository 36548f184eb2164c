// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "dataset_files.hpp"

#include <algorithm>
#include <filesystem>
#include <span>

#include <marea/io/checksum.hpp>
#include <marea/io/error.hpp>

namespace marea::detail {
namespace {

namespace fs = std::filesystem;

std::vector<DataFile> files_of(const fs::path& folder, const std::string& split) {
  std::vector<DataFile> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto suffix = entry.path().extension();
    if (entry.is_regular_file() && (suffix == ".h5" || suffix == ".hdf5"))
      files.push_back({entry.path().string(), split});
  }
  if (error) fail<IoError>("data", "folder = \"", folder.string(), "\" cannot be read: ", error.message());
  std::ranges::sort(files, {}, &DataFile::path);
  return files;
}

}  // namespace

std::vector<DataFile> find_data_files(const std::string& folder) {
  std::vector<DataFile> files;
  for (const char* split : {"train", "valid", "test"})
    if (const fs::path part = fs::path(folder) / "data" / split; fs::is_directory(part))
      for (DataFile& file : files_of(part, split)) files.push_back(std::move(file));
  if (files.empty()) files = files_of(folder, "");
  if (files.empty())
    fail<ConfigError>("data", "folder = \"", folder,
                      "\" must hold .h5 or .hdf5 files, itself or in data/train, "
                      "data/valid, data/test");
  return files;
}

void split_runs(std::vector<Run>& runs, int seed) {
  std::vector<std::pair<std::string, Run*>> open;
  for (Run& run : runs) {
    if (!run.split.empty()) continue;
    const std::string key =
        std::to_string(seed) + '/' + fs::path(run.file).filename().string() + '/' + std::to_string(run.trajectory);
    open.emplace_back(sha256(std::as_bytes(std::span(key))), &run);
  }
  std::ranges::sort(open);
  const std::size_t eighth = open.size() < 3 ? 0 : std::max<std::size_t>(1, (open.size() + 4) / 8);
  for (std::size_t i = 0; i < open.size(); ++i)
    open[i].second->split = i < eighth ? "test" : i < 2 * eighth ? "valid" : "train";
}

const SnapshotReader& ReaderPool::get(const std::string& path) {
  if (const auto found = by_path_.find(path); found != by_path_.end()) {
    open_.splice(open_.begin(), open_, found->second);
  } else {
    open_.emplace_front(path, SnapshotReader(path));
    by_path_[path] = open_.begin();
    if (open_.size() > capacity) {
      by_path_.erase(open_.back().first);
      open_.pop_back();
    }
  }
  return open_.front().second;
}

}  // namespace marea::detail
