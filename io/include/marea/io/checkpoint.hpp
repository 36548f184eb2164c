// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <marea/io/grid_info.hpp>
#include <marea/io/input_files.hpp>
#include <marea/io/named.hpp>
#include <marea/io/restart_piece.hpp>

namespace marea {

/// Writes one checkpoint: temporary file, flush, fsync, rename, fsync of the folder; the newest `keep` stay.
/// Arrays lie in global index order, so that the rank count may change. Rank 0 gathers and writes. Collective over
/// grid.comm.
class CheckpointWriter {
 public:
  CheckpointWriter(const std::string& folder, const GridInfo& grid, double time, std::int64_t steps,
                   const OptionTree& config, const std::vector<InputFile>& files = {}, int keep = 2);
  ~CheckpointWriter();                             ///< without commit the temporary file is removed
  void write(const RestartPiece& piece, const ArrayRef& block);  ///< this rank's part, host, f32 or f64
  void write(const std::string& name, const ArrayRef& block);    ///< a piece over the cells of the grid
  void write(const Table& table);                  ///< whole on rank 0
  std::string commit();                            ///< the final path. Throws IoError on all ranks

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads a checkpoint on any number of ranks. Its SHA-256 is checked before anything is parsed. Collective.
class CheckpointReader {
 public:
  /// Throws IoError, or DataError where the file is damaged, foreign or of another grid.
  CheckpointReader(const std::string& path, const GridInfo& grid);
  CheckpointReader(CheckpointReader&&) noexcept;
  ~CheckpointReader();
  double time() const;
  std::int64_t steps() const;
  const OptionTree& config() const;
  const std::vector<InputFile>& files() const;     ///< that the configuration names, with their hashes
  void read(const RestartPiece& piece, const ArrayRef& block) const;  ///< of the dtype that was written
  void read(const std::string& name, const ArrayRef& block) const;    ///< a piece over the cells of the grid
  std::vector<Table> tables() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The newest whole checkpoint of a folder, passing over broken ones with a warning; none when there is none.
/// Collective over comm.
std::optional<std::string> latest_checkpoint(const std::string& folder, MPI_Comm comm);

}  // namespace marea
