// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "export_target.hpp"

#include <filesystem>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>

#include "../hdf5/committed_file.hpp"
#include "../hdf5/replace_file.hpp"

namespace marea::detail {

namespace fs = std::filesystem;

ExportTarget::ExportTarget(const std::string& source, const std::string& path, const SourceOf& source_of)
    : source_(fs::absolute(source).lexically_normal().string()), path_(path), temporary_(path + ".tmp") {
  std::error_code none;
  if (fs::exists(path, none) && fs::equivalent(source, path, none))
    fail<ConfigError>("export", path, " is the file itself; name another one");
  try {
    std::error_code error;
    folders_ = MadeFolders(fs::path(path_).parent_path(), error);
    if (error) fail<IoError>(path_, "its folder cannot be made: ", error.message());
    lock_.emplace(path + ".lock");
    lock_->remove_at_end();
    if (fs::exists(path, none) && source_of(path) != source_)
      fail<ConfigError>("export", path, " is there already and no export of ", source_,
                        ", so it is not overwritten; remove it, or name another output");
    if (fs::exists(temporary_, none) && !lock_->left_behind())
      fail<ConfigError>("export", temporary_, " is in the way, and no export left it there; remove it, or name ",
                        "another output");
  } catch (...) {
    lock_.reset();
    temporary_.clear();  // not this export's
    clean_up();
    throw;
  }
}

ExportTarget::~ExportTarget() {
  lock_.reset();
  if (!committed_) clean_up();
}

void ExportTarget::clean_up() noexcept {
  std::error_code ignored;
  if (!temporary_.empty()) {
    fs::remove(temporary_, ignored);
    fs::remove(CommittedFile::journal_of(temporary_), ignored);
  }
}

void ExportTarget::commit() {
  replace_file(temporary_, path_);
  committed_ = true;
}

std::string ExportTarget::free_place(const std::string& source, const std::string& path, const SourceOf& source_of) {
  const std::string from = fs::absolute(source).lexically_normal().string();
  const fs::path first(path);
  fs::path place = first;
  for (int n = 2; fs::exists(place) && source_of(place.string()) != from; ++n) {
    place = first.parent_path() / (first.stem().string() + "_" + std::to_string(n));
    place += first.extension();
  }
  return place.string();
}

std::string source_of_hdf5(const std::string& path) {
  try {
    const hdf5::File file(path, hdf5::Access::read);
    return file.is_string_attribute("marea_export_of") ? file.read_string("marea_export_of") : "";
  } catch (const IoError&) {  // no HDF5 file
    return "";
  }
}

}  // namespace marea::detail
