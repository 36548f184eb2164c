// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <marea/io/option_tree.hpp>

#include "console.hpp"
#include "exit_code.hpp"

namespace marea::cli {

/// What a command needs to run.
enum class Needs {
  files,    ///< nothing: it looks at files, on one rank
  compute   ///< MPI on every rank, Kokkos
};

/// One word after `marea`. The function runs on every rank and returns the exit code or throws.
struct Command {
  CLI::App* app;
  Needs needs;
  std::function<int(const Console&)> run;
};

Command add_simulate(CLI::App& program);
Command add_train(CLI::App& program);
Command add_evaluate(CLI::App& program);
Command add_estimate(CLI::App& program);
Command add_list(CLI::App& program);
Command add_inspect(CLI::App& program);
Command add_repair(CLI::App& program);
Command add_export(CLI::App& program);
Command add_version(CLI::App& program);

/// A case file on the command line: `FILE -o table.key=value … --restart auto|never|CHECKPOINT --dry-run`.
struct CaseArguments {
  std::string file;
  std::vector<std::string> overrides;
  std::string restart = "auto";
  bool dry_run = false;

  void add_to(CLI::App& command, const std::string& what);
  /// Read on rank 0 and parsed on every rank. Collective.
  OptionTree read() const;
};

}  // namespace marea::cli
