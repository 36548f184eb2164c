// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <memory>

#include <marea/io/export.hpp>
#include <marea/io/model_file.hpp>

#include "command.hpp"

namespace marea::cli {
namespace {

struct Arguments {
  std::string file, format, output;
};

int export_file(const Arguments& a, const Console& console) {
  std::string written = a.output;
  if (a.format == "safetensors") {
    export_safetensors(a.file, a.output);
  } else {
    written = export_snapshot(a.file, a.output, a.format);
  }
  OptionTree values;
  values["file"] = a.file;
  values["format"] = a.format;
  values["output"] = written;
  console.event("exported", values);
  console.say(a.file + " -> " + written);
  return exit_done;
}

}  // namespace

Command add_export(CLI::App& program) {
  CLI::App* app = program.add_subcommand("export", "Write a file for other tools");
  const auto a = std::make_shared<Arguments>();
  app->add_option("FILE", a->file, "Snapshot file, or model file for safetensors")->required();
  app->add_option("--to", a->format, "Layout to write")
      ->required()
      ->check(CLI::IsMember({"well", "pdebench", "safetensors", "netcdf"}));
  app->add_option("--output", a->output, "File to write; for well the folder of the data set")->required();
  app->footer(
      "Examples:\n"
      "  marea export models/step.h5 --to safetensors --output step.safetensors\n"
      "  marea export runs/run_0007.h5 --to netcdf --output run_0007.nc\n"
      "  marea export runs/run_0007.h5 --to well --output well/tsunami");
  return {app, Needs::files, [a](const Console& console) { return export_file(*a, console); }};
}

}  // namespace marea::cli
