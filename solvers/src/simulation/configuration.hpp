// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

#include <marea/io/option_tree.hpp>
#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/simulation_options.hpp>

namespace marea::detail {

/// The full resolved configuration of a run: the solver's tables, then output and run.
OptionTree resolved_configuration(const SolverInterface& solver, const OutputOptions& output, const RunOptions& run);

/// Throws ConfigError that names `file` and the first key that differs between its configuration and the present one.
/// Keys that cannot change results do not count: output.folder, run.wall_limit, output.checkpoint_every, grid.ranks.
void require_same_configuration(const OptionTree& stored, const OptionTree& present, const std::string& file);

}  // namespace marea::detail
