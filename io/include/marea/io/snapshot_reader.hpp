// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <marea/io/host_array.hpp>
#include <marea/io/snapshot_writer.hpp>

namespace marea {

/// Reads a snapshot file: marea's, or any in The Well's layout. Not collective: every caller opens the file for itself.
class SnapshotReader {
 public:
  /// Throws IoError when it cannot be opened, DataError when it is not a snapshot file.
  explicit SnapshotReader(const std::string& path);
  SnapshotReader(SnapshotReader&&) noexcept;
  ~SnapshotReader();

  const SnapshotSchema& schema() const;
  const GridInfo& grid() const;                    ///< comm is MPI_COMM_SELF, the block is the whole grid
  const std::vector<double>& times() const;        ///< committed snapshots (of the first trajectory)
  std::vector<double> times(std::int64_t trajectory) const;  ///< where trajectories have times of their own
  std::int64_t trajectories() const;
  bool complete() const;                           ///< closed by its writer
  std::optional<RunCost> cost() const;             ///< as its writer measured it; none in files of others
  std::int64_t torn_steps() const;                 ///< that a killed writer of marea began and did not commit
  bool has(const std::string& field) const;        ///< false for a constant that was never written
  const FieldInfo& field(const std::string& name) const;  ///< throws DataError listing the known ones
  DType dtype(const std::string& field) const;     ///< f32 where that holds its values, or f64

  bool points_down(const std::string& field) const;  ///< the file says positive = "down" of its values

  /// One snapshot of a field (step ignored for constants): whole grid (+ components in the order of
  /// component_names), f32 or f64, any strides. Throws DataError for a trajectory or step that is not there.
  void read(const std::string& field, std::int64_t trajectory, std::int64_t step, const ArrayRef& out) const;
  std::vector<Table> tables() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marea
