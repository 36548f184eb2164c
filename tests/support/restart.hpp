// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/io/host_array.hpp>
#include <marea/solvers/any_solver.hpp>

namespace marea::test {

/// Puts `to`, fresh from the same case file, where `from` stands, by what a checkpoint holds and nothing else.
inline void restart(SolverInterface& from, SolverInterface& to) {
  const Block& block = from.grid().block;
  for (const FieldInfo& field : from.restart_fields()) {
    HostArray values(DType::f64, std::span<const std::int64_t>(block.extent.data(), static_cast<std::size_t>(block.rank)));
    from.read_restart(field.name, values.ref());
    to.write_restart(field.name, values.ref());
  }
  to.set_tables(from.tables());
  to.set_time(from.time(), from.steps());
}

}  // namespace marea::test
