// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <iostream>
#include <vector>

#include "command.hpp"
#include "environment.hpp"
#include "launch.hpp"

namespace {

/// Help on standard output is a success, everything else wrong usage; one rank speaks.
int end_of_parsing(const CLI::App& program, const CLI::ParseError& error) {
  std::ostream silent(nullptr);
  const bool speaks = marea::cli::launcher_rank() == 0;
  const int code = program.exit(error, speaks ? std::cout : silent, speaks ? std::cerr : silent);
  return code == 0 ? marea::cli::exit_done : marea::cli::exit_usage;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace marea::cli;
  prepare_environment(argv);
  CLI::App program{"Solvers and learned surrogates for scientific simulation.", "marea"};
  program.require_subcommand(1);
  program.set_version_flag("--version", "marea " MAREA_VERSION);
  program.footer(
      "Exit codes: 0 done, 2 wrong usage, 3 bad input, 4 numerical failure, 5 I/O failure,\n"
      "75 stopped with a checkpoint: run the same command again to go on.\n\n"
      "Help for one command: marea COMMAND --help. On N ranks: mpirun -n N marea COMMAND …");
  Console console;
  const std::vector<Command> commands{add_simulate(program), add_train(program),  add_evaluate(program),
                                      add_list(program),     add_inspect(program), add_repair(program),
                                      add_export(program),   add_version(program)};
  for (const Command& command : commands) console.add_options(*command.app);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return end_of_parsing(program, error);
  }
  for (const Command& command : commands) {
    if (command.app->parsed()) return launch(command, console, argc, argv);
  }
  return exit_usage;
}
