// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "launch.hpp"

#include <chrono>
#include <exception>
#include <thread>

#include <mpi.h>

#include <marea/io/launcher.hpp>
#include <marea/io/stop_signal.hpp>
#include <marea/solvers/runtime.hpp>

#include "environment.hpp"

namespace marea::cli {
namespace {

/// Seconds that a failed rank waits for the others to come to their end before it ends them.
constexpr double patience = 20;

Failure run_here(const Command& command, const Console& console) {
  try {
    return {command.run(console), ""};
  } catch (...) {
    return describe(std::current_exception());
  }
}

/// Waits until every rank is here. \return false when a failed rank lost patience
bool all_arrive(bool failed) {
  MPI_Request request;
  MPI_Ibarrier(MPI_COMM_WORLD, &request);
  const auto start = std::chrono::steady_clock::now();
  for (int arrived = 0; !arrived;) {
    MPI_Test(&request, &arrived, MPI_STATUS_IGNORE);
    if (arrived) break;
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - start;
    if (failed && waited.count() > patience) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

int agree(const Failure& mine, const Console& console) {
  const bool failed = mine.code != exit_done && !mine.message.empty();
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (!all_arrive(failed)) {
    console.error(mine.code, mine.message);
    MPI_Abort(MPI_COMM_WORLD, mine.code);
  }
  int speaker = failed ? rank : ranks;
  MPI_Allreduce(MPI_IN_PLACE, &speaker, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  if (speaker == rank) console.error(mine.code, mine.message);
  int code = mine.code;
  if (speaker < ranks) MPI_Bcast(&code, 1, MPI_INT, speaker, MPI_COMM_WORLD);
  MPI_Allreduce(MPI_IN_PLACE, &code, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  return code;
}

}  // namespace

int launch(const Command& command, Console& console, int& argc, char**& argv) {
  const StopSignal signals;
  console.start(launcher_rank());
  try {
    require_threads(threads_from_environment());
    if (command.needs == Needs::files && launcher_ranks() == 1) {
      const Failure result = run_here(command, console);
      if (!result.message.empty()) console.error(result.code, result.message);
      return result.code;
    }
    Runtime runtime(argc, argv, threads_from_environment());
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    console.start(rank);
    return agree(command.needs == Needs::files && rank > 0 ? Failure{} : run_here(command, console), console);
  } catch (...) {
    const Failure failure = describe(std::current_exception());
    console.error(failure.code, failure.message);
    return failure.code;
  }
}

}  // namespace marea::cli
