// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <marea/io/host_array.hpp>
#include <marea/io/snapshot_writer.hpp>
#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/simulation_options.hpp>

namespace marea::detail {

/// Host array of this rank's part of a field, of block_extents.
HostArray make_block_array(const FieldInfo& field, const GridInfo& grid, DType dtype);

/// Throws NumericalError on all ranks when a value of `array` is NaN or infinite on any: field, index, time named.
void require_finite(const FieldInfo& field, const HostArray& array, const GridInfo& grid, double time);
void require_finite(const RestartPiece& piece, const HostArray& array, const GridInfo& grid, double time);

/// The solver's tables, whole on rank 0 and as many, empty ones, on the others, so that all ranks write each.
std::vector<Table> tables_on_all_ranks(SolverInterface& solver);

/// What one run writes: the fields of each snapshot, fixed fields, final diagnostics and tables.
class RunOutput {
 public:
  /// Chooses the fields. Throws ConfigError for a name the solver does not give.
  RunOutput(const SolverInterface& solver, const OutputOptions& options, const OptionTree& case_file);

  /// `schema` for a new file; split and parameters as given.
  SnapshotSchema schema(const SolverInterface& solver, const OptionTree& config, const std::string& split,
                        const std::vector<NamedScalar>& parameters) const;
  void create(const std::string& path, const SnapshotSchema& schema, SolverInterface& solver);
  /// Goes on in an existing file after a restart at the solver's time; later snapshots are dropped.
  void resume(const std::string& path, const SnapshotSchema& schema, SolverInterface& solver);

  void append(SolverInterface& solver);
  /// Diagnostics and tables, then marks the file as complete.
  void finish(SolverInterface& solver);
  std::int64_t snapshots() const { return writer_->steps(); }

 private:
  void write_constant(SolverInterface& solver, const FieldInfo& field);

  std::vector<FieldInfo> fields_, fixed_, diagnostics_;
  std::vector<HostArray> arrays_;
  DType dtype_;
  int compression_;
  SnapshotWriter::Gather gather_;
  std::unique_ptr<SnapshotWriter> writer_;
};

}  // namespace marea::detail
