// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "dataset_files.hpp"

#include <algorithm>
#include <array>
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

constexpr std::array<std::string_view, 3> splits{"train", "valid", "test"};

bool is_data(const fs::path& path) { return path.extension() == ".h5" || path.extension() == ".hdf5"; }

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

void require_target(const fs::directory_entry& entry) {
  std::error_code none;
  if (entry.is_symlink(none) && !fs::exists(entry.path(), none))
    fail<DataError>(entry.path().string(), "is a link to ", fs::read_symlink(entry.path(), none).string(),
                    ", which is not there; put the file back, or remove the link");
}

/// The files of `folder`, which is `top` or stands in it.
std::vector<DataFile> files_of(const fs::path& folder, const std::string& split, const fs::path& top) {
  std::vector<DataFile> files;
  std::error_code error, none;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!is_data(entry.path())) continue;
    require_target(entry);
    if (!entry.is_regular_file(none)) continue;
    require_utf8(entry.path().string());
    if (!is_trained_here(entry.path(), top)) files.push_back({entry.path().string(), split});
  }
  if (error) fail<IoError>("data", "folder = \"", folder.string(), "\" cannot be read: ", error.message());
  std::ranges::sort(files, {}, &DataFile::path);
  return files;
}

/// Runs in a folder of another name would be passed over.
void refuse_other_splits(const fs::path& folder) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder / "data", none)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory(none) || std::ranges::find(splits, name) != splits.end()) continue;
    if (!files_of(entry.path(), name, folder).empty())
      fail<DataError>(entry.path().string(), "holds runs of the split \"", name,
                      "\", but a split must be train, valid or test; rename the folder, or move it away");
  }
}

}  // namespace

std::vector<DataFile> find_data_files(const std::string& folder) {
  std::vector<DataFile> files;
  refuse_other_splits(folder);
  for (const std::string_view split : splits)
    if (const fs::path part = fs::path(folder) / "data" / split; fs::is_directory(part))
      for (DataFile& file : files_of(part, std::string(split), folder)) files.push_back(std::move(file));
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

std::vector<Run> find_runs(const DatasetOptions& options, ReaderPool& files) {
  std::vector<Run> runs;
  for (const DataFile& file : find_data_files(options.folder)) {
    const SnapshotReader& reader = files.get(file.path);
    if (!reader.complete())
      fail<DataError>(file.path,
                      "the run was not finished; run `marea simulate` again to finish it, or move the file away");
    if (reader.torn_steps() > 0)
      fail<DataError>(file.path, "holds ", reader.torn_steps(), " torn step(s) after the last whole one; trim them by ",
                      "`marea repair`");
    const std::string own = file.split.empty() ? reader.schema().split : file.split;
    if (!own.empty() && std::ranges::find(splits, own) == splits.end())
      fail<DataError>(file.path, "attribute split = \"", own, "\" must be train, valid or test");
    for (std::int64_t t = 0; t < reader.trajectories(); ++t)
      runs.push_back({file.path, t, std::ssize(reader.times()), own, reader.times(t)});
  }
  split_runs(runs, options.split_seed);
  return runs;
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
