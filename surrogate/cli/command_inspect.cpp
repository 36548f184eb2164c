// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <memory>

#include <fmt/format.h>

#include <marea/io/inspect.hpp>
#include <marea/io/option_text.hpp>

#include "command.hpp"

namespace marea::cli {
namespace {

std::string plain(const OptionTree& value) { return value.is_string() ? value.as_string() : value_text(value); }

std::string report_text(const std::string& file, const FileReport& report) {
  std::string text = fmt::format("{}: {}, {}", file, report.kind, report.whole ? "whole" : "not whole");
  if (!report.problem.empty()) text += fmt::format("\n  {:<15} {}", "problem", report.problem);
  if (report.content.empty()) return text;
  for (const auto& [key, value] : report.content.as_table()) {
    if (!value.is_table()) {
      text += fmt::format("\n  {:<15} {}", key, plain(value));
      continue;
    }
    text += "\n  " + key;
    for (const auto& [name, entry] : value.as_table()) text += fmt::format("\n    {:<13} {}", name, plain(entry));
  }
  return text;
}

int inspect(const std::string& file, const Console& console) {
  const FileReport report = inspect_file(file);
  OptionTree values;
  values["file"] = file;
  values["kind"] = report.kind;
  values["whole"] = report.whole;
  values["problem"] = report.problem;
  values["content"] = report.content;
  console.event("inspected", values);
  console.answer(report_text(file, report));
  return report.whole ? exit_done : exit_input;
}

}  // namespace

Command add_inspect(CLI::App& program) {
  CLI::App* app = program.add_subcommand("inspect", "Say what a file is, what is in it, whether it is whole");
  const auto file = std::make_shared<std::string>();
  app->add_option("FILE", *file, "Snapshot, model, checkpoint, field or any other file")->required();
  app->footer(
      "Exit code 0 when the file is whole, 3 when it is unfinished, damaged or foreign.\n\n"
      "Examples:\n"
      "  marea inspect runs/tsunami/run_0007.h5\n"
      "  marea inspect models/step.h5 --json");
  return {app, Needs::files, [file](const Console& console) { return inspect(*file, console); }};
}

}  // namespace marea::cli
