// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

#include <marea/solvers/any_solver.hpp>

#include "configuration.hpp"

namespace marea::detail {

/// Writes everything a bit-exact restart needs. Collective. \return the path of the checkpoint
std::string write_checkpoint(SolverInterface& solver, const std::string& folder, const Ingredients& run);

/// Puts the solver where the checkpoint was written, on any number of ranks. Collective.
/// Throws ConfigError when it belongs to another configuration or other files, IoError or DataError when it cannot be read.
void load_checkpoint(SolverInterface& solver, const std::string& path, const Ingredients& run);

}  // namespace marea::detail
