// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "checkpoints.hpp"

#include <marea/io/checkpoint.hpp>

#include "finite_values.hpp"
#include "run_output.hpp"

namespace marea::detail {
namespace {

/// f64 holds every value of a single-precision state too, and restores its bits.
HostArray restart_array(const RestartPiece& piece) {
  return HostArray(DType::f64, piece.extents());
}

}  // namespace

std::string write_checkpoint(SolverInterface& solver, const std::string& folder, const Ingredients& run) {
  const auto tables = tables_on_all_ranks(solver);
  CheckpointWriter writer(folder, solver.grid(), solver.time(), solver.steps(), run.config, run.files);
  for (const auto& piece : solver.restart_pieces()) {
    const HostArray array = restart_array(piece);
    solver.read_restart(piece.name, array.ref());
    require_finite(piece, array.ref(), solver.grid(), solver.time());
    writer.write(piece, array.ref());
  }
  for (const auto& table : tables) writer.write(table);
  return writer.commit();
}

void load_checkpoint(SolverInterface& solver, const std::string& path, const Ingredients& run) {
  const CheckpointReader reader(path, solver.grid());
  require_same_run({reader.config(), reader.files()}, run, path);
  for (const auto& piece : solver.restart_pieces()) {
    const HostArray array = restart_array(piece);
    reader.read(piece, array.ref());
    solver.write_restart(piece.name, array.ref());
  }
  solver.set_tables(reader.tables());
  solver.set_time(reader.time(), reader.steps());
}

}  // namespace marea::detail
