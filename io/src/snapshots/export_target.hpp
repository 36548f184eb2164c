// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <optional>
#include <string>

#include <marea/io/file_lock.hpp>
#include <marea/io/made_folders.hpp>

namespace marea::detail {

/// The place of a file that an export makes: written beside it and put there when it is whole, never over a file that
/// an export of the same source did not make. Without commit() nothing is left behind, no folder that it made either.
class ExportTarget {
 public:
  /// Tells what made the file at a path: the source of the export, or nothing for a file of another hand.
  using SourceOf = std::function<std::string(const std::string& path)>;

  /// Throws ConfigError where another file stands at `path` or the two are one, IoError where a process writes it.
  ExportTarget(const std::string& source, const std::string& path, const SourceOf& source_of);
  ExportTarget(const ExportTarget&) = delete;
  ExportTarget& operator=(const ExportTarget&) = delete;
  ~ExportTarget();

  const std::string& source() const { return source_; }  ///< absolute: what the file must say it was made from
  const std::string& temporary() const { return temporary_; }
  void commit();

  /// The first of name.h5, name_2.h5, … in a folder that is free or was made from `source`.
  static std::string free_place(const std::string& source, const std::string& path, const SourceOf& source_of);

 private:
  void clean_up() noexcept;

  std::string source_, path_, temporary_;
  MadeFolders folders_;
  std::optional<FileLock> lock_;
  bool committed_ = false;
};

/// Of an HDF5 file: its attribute `marea_export_of`.
std::string source_of_hdf5(const std::string& path);

}  // namespace marea::detail
