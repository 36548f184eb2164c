// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/io/host_array.hpp>
#include <marea/solvers/any_solver.hpp>

namespace marea::test {

/// Puts `to`, fresh from the same case file, where `from` stands, by what a checkpoint holds and nothing else.
inline void restart(SolverInterface& from, SolverInterface& to) {
  for (const RestartPiece& piece : from.restart_pieces()) {
    HostArray values(DType::f64, piece.extents());
    from.read_restart(piece.name, values.ref());
    to.write_restart(piece.name, values.ref());
  }
  to.set_tables(from.tables());
  to.set_time(from.time(), from.steps());
}

}  // namespace marea::test
