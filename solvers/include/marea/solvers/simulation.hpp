// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <string>
#include <vector>

#include <mpi.h>

#include <marea/io/option_tree.hpp>
#include <marea/solvers/any_solver.hpp>

namespace marea {

/// How a simulation ended.
enum class RunStatus { finished, stopped };  ///< stopped: by signal or wall limit, a checkpoint written

struct SimulationResult {
  RunStatus status = RunStatus::finished;
  std::string snapshot_file;
  double time = 0, seconds = 0;
  std::int64_t steps = 0;
  double mcell_steps_per_second = 0;
  std::vector<NamedScalar> invariants;
};

using SolverFactory = std::function<AnySolver(const OptionTree& case_file, MPI_Comm comm)>;

/// What the caller adds to a case file.
struct SimulationHooks {
  SolverFactory make_solver;                      ///< default: the solver registry
  std::function<bool()> stop;                     ///< true: write a checkpoint and stop (any rank may say it)
  std::function<void(const std::string& event, const OptionTree& values)> event;  ///< rank 0 of those that share a run; for --json and Python
  std::string restart = "auto";                   ///< auto | never | a checkpoint's path
  std::function<void(double)> progress{};         ///< told the share of a run that is done; empty: it shows its own progress
};

/// Runs one simulation as its case file says: snapshots, running diagnostics, gauges, checkpoints. Collective.
/// <stem>.lock keeps a second process from the same run meanwhile. Throws IoError where one runs it or a file may not be
/// read, DataError where a file that is no run of marea stands in its place.
SimulationResult simulate(const OptionTree& case_file, MPI_Comm comm, const SimulationHooks& hooks = {});

/// Runs the unfinished members of the `[ensemble]` of a case file, in parallel over the ranks of `comm` where that
/// is faster than splitting the grid. Collective; results of all members on every rank, invariants where they ran.
/// A member that fails numerically does not keep the others from running; its error is thrown at the end.
std::vector<SimulationResult> simulate_ensemble(const OptionTree& case_file, MPI_Comm comm,
                                                const SimulationHooks& hooks = {});

}  // namespace marea
