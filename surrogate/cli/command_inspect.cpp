// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <memory>

#include <marea/io/inspect.hpp>

#include "command.hpp"

namespace marea::cli {
namespace {

int inspect(const std::string& file, const Console& console) {
  const OptionTree result = inspect_file(file);
  console.event("inspected", result);
  console.answer(inspection_text(result));
  const bool unreadable = !result.find("whole")->as_bool() && !result.find("steps");
  return unreadable ? exit_input : exit_done;
}

}  // namespace

Command add_inspect(CLI::App& program) {
  CLI::App* app = program.add_subcommand("inspect", "Say what a file is, what is in it, whether it is whole");
  const auto file = std::make_shared<std::string>();
  app->add_option("FILE", *file, "Snapshot, model, checkpoint, field or any other file")->required();
  app->footer("Exit code 3 when the file is damaged or foreign.\n\nExamples:\n"
              "  marea inspect runs/tsunami/run_0007.h5\n"
              "  marea inspect models/step.h5 --json");
  return {app, Needs::files, [file](const Console& console) { return inspect(*file, console); }};
}

}  // namespace marea::cli
