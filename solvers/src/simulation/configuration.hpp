// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <mpi.h>

#include <marea/io/input_files.hpp>
#include <marea/io/option_tree.hpp>
#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/simulation_options.hpp>

namespace marea::detail {

/// The full resolved configuration of a run: the solver's tables, then output and run.
OptionTree resolved_configuration(const SolverInterface& solver, const OutputOptions& output, const RunOptions& run);

/// What a run is made of.
struct Ingredients {
  OptionTree config;             ///< resolved
  std::vector<InputFile> files;  ///< that the case names
};

/// The files that a case names, with the hash of each as it was when `before` was taken. Collective over comm.
/// Throws DataError where one has changed since.
std::vector<InputFile> hashed_files(const OptionTree& case_file, const std::vector<std::string>& before,
                                    FileHashes& hashes, MPI_Comm comm);
/// The state of each file that a case names, to be taken before it is read; none but on rank 0.
std::vector<std::string> stamps_of(const OptionTree& case_file, MPI_Comm comm);

/// Throws ConfigError that names `file` and the first key that differs between its configuration and the present one,
/// or the first file that holds something else than it did. A file of the same content may have another name.
/// Keys that cannot change results do not count: output.folder, run.wall_limit, output.checkpoint_every, grid.ranks.
void require_same_run(const Ingredients& stored, const Ingredients& present, const std::string& file);

}  // namespace marea::detail
