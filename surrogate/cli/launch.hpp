// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include "command.hpp"

namespace marea::cli {

/// Starts what the command needs, runs it on every rank, and returns the same exit code on every rank. An error is one
/// line on standard error, from the first rank that has it. Where other ranks wait for a failed one in MPI, it ends
/// them all after a while by MPI_Abort.
int launch(const Command& command, Console& console, int& argc, char**& argv);

}  // namespace marea::cli
