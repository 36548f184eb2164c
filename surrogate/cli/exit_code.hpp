// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <exception>
#include <string>
#include <string_view>

namespace marea::cli {

/// What the shell and the batch system learn of the end of a command.
enum ExitCode : int {
  exit_done = 0,
  exit_usage = 2,       ///< wrong words on the command line
  exit_input = 3,       ///< bad file, option or data
  exit_numerical = 4,   ///< NaN, negative depth, diverged training
  exit_io = 5,          ///< disk, permission
  exit_stopped = 75     ///< by a signal or the wall limit, a checkpoint written: the same command goes on
};

/// The exit code and the one line that an error becomes.
struct Failure {
  int code = exit_done;
  std::string message;
};
Failure describe(const std::exception_ptr& error);

/// Throws NotBuilt: what a command says that needs surrogates in a build without them.
[[noreturn]] void fail_not_built(std::string_view where);

}  // namespace marea::cli
