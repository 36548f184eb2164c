// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <marea/io/checkpoint.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/any_solver.hpp>

namespace marea::test {

/// Steps of the stable length; of length 1 where a problem has none.
inline void walk(SolverInterface& solver, int steps) {
  for (int n = 0; n < steps; ++n) {
    const double dt = solver.stable_dt();
    solver.step(std::isfinite(dt) ? dt : 1.0);
  }
}

inline bool same_bits(const HostArray& a, const HostArray& b) {
  return a.size() == b.size() && a.dtype() == b.dtype() &&
         std::memcmp(a.ref().data, b.ref().data, static_cast<std::size_t>(a.size()) * element_size(a.dtype())) == 0;
}

/// This rank's part of a restart piece, of a field.
inline HostArray piece_of(SolverInterface& solver, const RestartPiece& piece) {
  HostArray values(DType::f64, piece.extents());
  solver.read_restart(piece.name, values.ref());
  return values;
}
inline HostArray field_array(SolverInterface& solver, const FieldInfo& field, DType dtype = DType::f64) {
  HostArray values(dtype, block_extents(solver.grid().block, field));
  solver.read(field.name, values.ref());
  return values;
}

/// What differs between the restarts of a run on these ranks and of one of this rank alone: "" or the first name.
inline std::string differing_piece(SolverInterface& many, SolverInterface& one) {
  if (many.steps() != one.steps() || many.time() != one.time()) return "time or steps";
  const auto wholes = one.restart_pieces();
  std::size_t n = 0;
  for (const RestartPiece& piece : many.restart_pieces()) {
    const HostArray mine = piece_of(many, piece), whole = piece_of(one, wholes.at(n++));
    ArrayRef part = whole.ref();
    for (int a = 0; a < piece.block.rank; ++a)
      part = part.slice(a, piece.block.offset[a], piece.block.offset[a] + piece.block.extent[a]);
    const HostArray expected(DType::f64, piece.extents());
    copy(part, expected.ref());
    if (!same_bits(mine, expected)) return piece.name;
  }
  return "";
}

/// The same of invariants and tables, which rank 0 has whole. Collective over the ranks of both.
inline std::string differing_summary(SolverInterface& many, SolverInterface& one) {
  const auto a = many.invariants(), b = one.invariants();
  const auto tables = many.tables(), expected = one.tables();
  for (std::size_t n = 0; n < a.size(); ++n)
    if (n >= b.size() || a[n].name != b[n].name || a[n].value != b[n].value) return a[n].name;
  int rank = 0;
  MPI_Comm_rank(many.grid().comm, &rank);
  if (rank != 0) return "";
  if (tables.size() != expected.size()) return "tables";
  for (std::size_t n = 0; n < tables.size(); ++n)
    if (tables[n].name != expected[n].name || tables[n].values != expected[n].values) return tables[n].name;
  return "";
}

/// A checkpoint of the solver in `folder`: its path. Collective over the solver's ranks.
inline std::string write_checkpoint(SolverInterface& solver, const std::string& folder) {
  CheckpointWriter writer(folder, solver.grid(), solver.time(), solver.steps(), solver.options());
  for (const RestartPiece& piece : solver.restart_pieces()) writer.write(piece, piece_of(solver, piece).ref());
  std::vector<Table> tables = solver.tables();
  int count = static_cast<int>(tables.size());
  MPI_Bcast(&count, 1, MPI_INT, 0, solver.grid().comm);
  tables.resize(static_cast<std::size_t>(count));
  for (const Table& table : tables) writer.write(table);
  return writer.commit();
}

/// Puts a fresh solver, on any ranks, where the checkpoint stands. Collective over the solver's ranks.
inline void read_checkpoint(SolverInterface& solver, const std::string& path) {
  const CheckpointReader reader(path, solver.grid());
  for (const RestartPiece& piece : solver.restart_pieces()) {
    const HostArray values(DType::f64, piece.extents());
    reader.read(piece, values.ref());
    solver.write_restart(piece.name, values.ref());
  }
  solver.set_tables(reader.tables());
  solver.set_time(reader.time(), reader.steps());
}

}  // namespace marea::test
