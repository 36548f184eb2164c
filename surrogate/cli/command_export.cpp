// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/io/export.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/well_statistics.hpp>

#include "command.hpp"

namespace marea::cli {
namespace {

struct Arguments {
  std::string file, format, output;
};

/// The file itself, or the snapshot files of a folder by name.
std::vector<std::string> snapshot_files(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (entry.path().extension() == ".h5" || entry.path().extension() == ".hdf5")
      files.push_back(entry.path().string());
  if (files.empty())
    fail<DataError>(path, "this folder holds no snapshot file (*.h5, *.hdf5) to export; name the folder of a run");
  std::ranges::sort(files);
  return files;
}

int export_file(const Arguments& a, const Console& console) {
  std::string written = a.output;
  if (a.format == "safetensors") {
    export_safetensors(a.file, a.output);
  } else if (a.format == "well") {
    const std::vector<std::string> files = snapshot_files(a.file);
    require_own_statistics(a.output);
    for (const std::string& file : files) require_whole_run(file);  // before the first is written
    for (const std::string& file : files) export_snapshot(file, a.output, a.format);
    write_well_statistics(a.output);
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
  app->add_option("FILE", a->file,
                  "Snapshot file, model file for safetensors, for well also a folder of snapshot files")
      ->required();
  app->add_option("--to", a->format, "Layout to write")
      ->required()
      ->check(CLI::IsMember({"well", "pdebench", "safetensors", "netcdf"}));
  app->add_option("--output", a->output, "File to write; for well the folder of the data set")->required();
  app->footer(
      "Examples:\n"
      "  marea export models/step.h5 --to safetensors --output step.safetensors\n"
      "  marea export runs/run_0007.h5 --to netcdf --output run_0007.nc\n"
      "  marea export runs --to well --output well/tsunami   (all files, and stats.yaml over the split train)");
  return {app, Needs::files, [a](const Console& console) { return export_file(*a, console); }};
}

}  // namespace marea::cli
