// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <marea/io/host_array.hpp>
#include <marea/io/snapshot_writer.hpp>
#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/device_array.hpp>
#include <marea/solvers/simulation_options.hpp>

#include "configuration.hpp"

namespace marea::detail {

/// Host array of this rank's part of a field, of block_extents.
HostArray make_block_array(const FieldInfo& field, const GridInfo& grid, DType dtype);

/// The solver's tables, whole on rank 0 and as many, empty ones, on the others, so that all ranks write each.
std::vector<Table> tables_on_all_ranks(SolverInterface& solver);

/// What one run writes: the fields of each snapshot, fixed fields, final diagnostics and tables.
class RunOutput {
 public:
  /// Chooses the fields. Throws ConfigError for a name the solver does not give.
  RunOutput(const SolverInterface& solver, const OutputOptions& options, const OptionTree& case_file);

  /// `schema` for a new file; split and parameters as given.
  SnapshotSchema schema(const SolverInterface& solver, const Ingredients& run, const std::string& split,
                        const std::vector<NamedScalar>& parameters) const;
  void create(const std::string& path, const SnapshotSchema& schema, SolverInterface& solver);
  /// Goes on in an existing file after a restart at the solver's time; later snapshots are dropped.
  void resume(const std::string& path, const SnapshotSchema& schema, SolverInterface& solver);

  /// Takes a snapshot. It is written at once where the solver computes on the host; where it computes on a device its
  /// fields are on their way to pinned memory while the solver goes on, and flush() or the next snapshot writes them.
  void append(SolverInterface& solver);
  /// Writes the snapshot that is on its way. Throws NumericalError on all ranks where it is not finite.
  void flush();
  /// Called after each snapshot that is written: its time, its number, the solver's steps.
  void on_written(std::function<void(double, std::int64_t, std::int64_t)> told) { told_ = std::move(told); }
  void add_cost(const RunCost& part) { writer_->add_cost(part); }
  /// Diagnostics and tables, then marks the file as complete.
  void finish(SolverInterface& solver);

 private:
  void write_constant(SolverInterface& solver, const FieldInfo& field);

  std::vector<FieldInfo> fields_, fixed_, diagnostics_;
  std::vector<PinnedArray> arrays_;
  GridInfo grid_;
  struct Pending {
    double time;
    std::int64_t steps;
  };
  std::optional<Pending> pending_;
  std::function<void(double, std::int64_t, std::int64_t)> told_;
  DType dtype_;
  int compression_;
  SnapshotWriter::Gather gather_;
  std::unique_ptr<SnapshotWriter> writer_;
};

}  // namespace marea::detail
