// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "dataset_files.hpp"

#include <algorithm>
#include <filesystem>
#include <span>

#include <marea/io/case_file.hpp>
#include <marea/io/checksum.hpp>
#include <marea/io/error.hpp>
#include <marea/io/option_text.hpp>

#include "../hdf5/file_kind.hpp"

namespace marea::detail {
namespace {

namespace fs = std::filesystem;

/// Names are written into model files, whose text is UTF-8.
void require_utf8(const std::string& path) {
  if (!is_utf8(path)) fail<DataError>(path, "the name of a data file must be UTF-8; rename it");
}

/// A model that was trained with the data of this folder, or the state of its training: these may stand there too.
bool is_trained_here(const fs::path& path, const fs::path& folder) {
  try {
    const hdf5::File file(path.string(), hdf5::Access::read);
    if (kind_of(file) != "model" || !file.has_attribute("info")) return false;
    const OptionTree info = parse_toml(file.read_string("info"), path.string());
    const OptionTree* data = info.at_path("training.data.folder");
    std::error_code none;
    return data && fs::equivalent(data->as_string(), folder, none);
  } catch (const Error&) {  // damaged, or no HDF5: whoever reads it says so
    return false;
  }
}

/// The files of `folder`, which is `top` or stands in it.
std::vector<DataFile> files_of(const fs::path& folder, const std::string& split, const fs::path& top) {
  std::vector<DataFile> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto suffix = entry.path().extension();
    if (!entry.is_regular_file() || (suffix != ".h5" && suffix != ".hdf5")) continue;
    require_utf8(entry.path().string());
    if (!is_trained_here(entry.path(), top)) files.push_back({entry.path().string(), split});
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
      for (DataFile& file : files_of(part, split, folder)) files.push_back(std::move(file));
  if (files.empty()) files = files_of(folder, "", folder);
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
