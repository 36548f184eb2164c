// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <marea/io/input_files.hpp>
#include <marea/solvers/simulation.hpp>

namespace marea::detail {

using Clock = std::chrono::steady_clock;

/// What tells one run of a case file from another: its file name, its place in an ensemble.
struct RunIdentity {
  std::string stem = "run";                ///< <folder>/<stem>.h5 and <folder>/<stem>.checkpoints/
  std::string split;                       ///< train, valid, test, or empty
  std::vector<NamedScalar> parameters;
  FileHashes* hashes = nullptr;            ///< shared by the runs of one ensemble; empty: of this run alone
  std::function<void(double)> progress{};  ///< told the share that is done; empty: the run shows its own progress
};

/// Runs one simulation, from the beginning, from its latest checkpoint or not at all when its file is complete.
/// `started`: when the wall limit began to count. Collective over comm.
SimulationResult run_simulation(const OptionTree& case_file, MPI_Comm comm, const SimulationHooks& hooks,
                                const RunIdentity& identity, Clock::time_point started);

}  // namespace marea::detail
