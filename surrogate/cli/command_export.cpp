// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <memory>

#include <marea/io/model_file.hpp>

#include "command.hpp"

namespace marea::cli {
namespace {

struct Arguments {
  std::string file, format, output;
};

int export_file(const Arguments& a, const Console& console) {
  export_safetensors(a.file, a.output);
  OptionTree values;
  values["file"] = a.file;
  values["format"] = a.format;
  values["output"] = a.output;
  console.event("exported", values);
  console.say(a.file + " -> " + a.output);
  return exit_done;
}

}  // namespace

Command add_export(CLI::App& program) {
  CLI::App* app = program.add_subcommand("export", "Write a file for other tools");
  const auto a = std::make_shared<Arguments>();
  app->add_option("FILE", a->file, "Model file")->required();
  app->add_option("--to", a->format, "safetensors")->required()->check(CLI::IsMember({"safetensors"}));
  app->add_option("--output", a->output, "File to write")->required();
  app->footer("Example:\n  marea export models/step.h5 --to safetensors --output step.safetensors");
  return {app, Needs::files, [a](const Console& console) { return export_file(*a, console); }};
}

}  // namespace marea::cli
