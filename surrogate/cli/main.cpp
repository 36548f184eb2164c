// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include <marea/io/launcher.hpp>
#include <marea/io/options.hpp>

#include "command.hpp"
#include "environment.hpp"
#include "launch.hpp"

namespace {

/// Help on standard output is a success, everything else wrong usage; one rank speaks.
int end_of_parsing(const CLI::App& program, const CLI::ParseError& error) {
  std::ostream silent(nullptr);
  const bool speaks = marea::launcher_rank() == 0;
  const int code = program.exit(error, speaks ? std::cout : silent, speaks ? std::cerr : silent);
  return code == 0 ? marea::cli::exit_done : marea::cli::exit_usage;
}

/// One line for wrong words on the command line: what is wrong, the nearest known word, where to read on.
std::string failure_message(const CLI::App* program, const CLI::Error& error) {
  const std::vector<CLI::App*> parsed = program->get_subcommands();
  const CLI::App& app = parsed.empty() ? *program : *parsed.front();
  std::string message = error.what();
  if (const std::vector<std::string> extras = program->remaining(true); !extras.empty()) {
    const std::string& word = extras.front();
    std::vector<std::string> known;
    std::string kind = parsed.empty() ? "command" : "argument";
    if (word.starts_with('-')) {
      kind = "option";
      for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
      }
    } else if (parsed.empty()) {
      for (const CLI::App* each : app.get_subcommands({})) known.push_back(each->get_name());
    }
    const std::string near = marea::nearest_name(word, known);
    message = "unknown " + kind + " '" + word + "'" + (near.empty() ? "" : ", did you mean '" + near + "'?");
  } else if (parsed.empty()) {
    message = "name a command";
  }
  return "marea: " + message + (message.ends_with('?') ? " See marea " : "; see marea ") +
         (parsed.empty() ? "" : app.get_name() + " ") + "--help\n";
}

/// Whether what a command says is what it is for; the others leave files, and go on where nobody listens.
bool answers(const CLI::App& app, const marea::cli::Console& console) {
  return console.json() || app.get_name() == "list" || app.get_name() == "inspect" || app.get_name() == "version";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace marea::cli;
  open_standard_streams();
  prepare_environment(argv);
  CLI::App program{"Solvers and learned surrogates for scientific simulation.", "marea"};
  program.require_subcommand(1);
  program.failure_message(failure_message);
  program.set_version_flag("--version", "marea " MAREA_VERSION);
  program.footer(
      "Exit codes: 0 done, 2 wrong usage, 3 bad input, 4 numerical failure, 5 I/O failure,\n"
      "75 stopped with a checkpoint: run the same command again to go on.\n\n"
      "Help for one command: marea COMMAND --help. On N ranks: mpirun -n N marea COMMAND …");
  Console console;
  const std::vector<Command> commands{add_simulate(program), add_train(program),  add_evaluate(program),
                                      add_estimate(program), add_list(program),   add_inspect(program),
                                      add_repair(program),
                                      add_export(program),   add_version(program)};
  for (const Command& command : commands) console.add_options(*command.app);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return end_of_parsing(program, error);
  }
  for (const Command& command : commands) {
    if (!command.app->parsed()) continue;
    const int code = launch(command, console, argc, argv);
    const bool taken = std::cout.flush() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0;  // of any line
    if (code != exit_done || taken || !answers(*command.app, console)) return code;
    std::cerr << "marea: standard output cannot be written; what was to be said is lost\n";
    return exit_io;
  }
  return exit_usage;
}
