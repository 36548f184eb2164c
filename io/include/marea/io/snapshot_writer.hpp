// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <marea/io/field_info.hpp>
#include <marea/io/grid_info.hpp>
#include <marea/io/input_files.hpp>
#include <marea/io/named.hpp>

namespace marea {

/// What a snapshot file holds, fixed when it is created.
struct SnapshotSchema {
  std::string dataset_name;                        ///< "shallow_water"
  std::string split;                               ///< train, valid, test, or empty
  std::vector<FieldInfo> fields;                   ///< one record a snapshot
  std::vector<FieldInfo> constants;                ///< fixed fields and final diagnostics, without a time axis
  std::vector<NamedScalar> parameters;             ///< what varies over an ensemble
  OptionTree config;                               ///< the full resolved configuration
  std::vector<InputFile> files{};                  ///< that the configuration names, with their hashes
  DType precision = DType::f32;                    ///< of the fields in the file
  int compression = 1;                             ///< deflate level 0–9
};

/// What a run took, all its parts together: wall time and the processor time of all ranks and threads [s].
struct RunCost {
  double wall_seconds = 0, cpu_seconds = 0;
};

/// Writes one run into one HDF5 file that The Well's tools, xarray, ncdump and h5py open as it is.
///
/// All calls are collective over grid.comm. Either rank 0 gathers and writes, or, with a parallel HDF5 library, all
/// ranks write whole chunks together: the same values either way, and a file of one may be continued by the other.
/// After `append` returns, that snapshot survives SIGKILL.
class SnapshotWriter {
 public:
  enum class Mode { create, resume };              ///< resume: an existing file of the same schema, torn tail trimmed
  /// automatic: collective where ranks_can_write_together() and a field takes 256 MiB, which one rank should not have
  /// to hold; below that gathering is as fast. collective throws ConfigError where they cannot.
  enum class Gather { automatic, one_writer, collective };
  SnapshotWriter(const std::string& path, const SnapshotSchema& schema, const GridInfo& grid, Mode mode,
                 Gather gather = Gather::automatic);
  SnapshotWriter(SnapshotWriter&&) noexcept;
  ~SnapshotWriter();

  /// One array a schema field: this rank's block (+ one last axis of components for vectors), f32 or f64 on the host.
  /// Throws IoError on all ranks; checks free space first. Nothing may be written after an error.
  void append(double time, std::span<const NamedArray> fields);
  void write_constant(const std::string& name, const ArrayRef& values);
  void write_table(const Table& table);            ///< whole on rank 0; replaces one of the same name
  /// Drops snapshots later than `time`: a run that goes on from an older checkpoint.
  void truncate_after(double time);
  std::int64_t steps() const;
  void add_cost(const RunCost& part);              ///< to what the file holds of earlier parts of the run
  void close();                                    ///< marks the file as complete

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marea
