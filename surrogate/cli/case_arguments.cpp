// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <mpi.h>

#include <marea/io/case_file.hpp>
#include <marea/io/collective.hpp>

#include "command.hpp"

namespace marea::cli {

void CaseArguments::add_to(CLI::App& command, const std::string& what) {
  command.add_option("FILE", file, what)->required();
  command.add_option("-o,--option", overrides, "Override a value of the file: table.key=value; may be repeated")
      ->type_name("TABLE.KEY=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--restart", restart, "auto: go on from the newest checkpoint; never: start again; or a checkpoint")
      ->type_name("auto|never|FILE")
      ->capture_default_str();
  command.add_flag("--dry-run", dry_run, "Check the file and the memory it needs, say what would be done, and stop");
}

OptionTree CaseArguments::read() const {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  std::string text;
  run_collectively(MPI_COMM_WORLD, [&] {
    if (rank == 0) text = read_text_file(file);
  });
  broadcast(MPI_COMM_WORLD, text);
  return parse_case_text(text, file, overrides);
}

}  // namespace marea::cli
