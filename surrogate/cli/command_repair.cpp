// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <memory>

#include <marea/io/repair.hpp>

#include "command.hpp"

namespace marea::cli {
namespace {

int repair(const std::string& file, const Console& console) {
  const RepairResult result = repair_snapshot(file);
  OptionTree values;
  values["file"] = file;
  values["changed"] = result.changed();
  values["steps"] = result.steps;
  values["torn_steps"] = result.torn_steps;
  values["lost_steps"] = result.lost_steps;
  values["extended_bytes"] = result.extended_bytes;
  values["stray_bytes"] = result.stray_bytes;
  values["finished_flush"] = result.finished_flush;
  console.event("repaired", values);
  console.say(file + (result.changed() ? ": repaired, " : ": whole, nothing to repair, ") +
              std::to_string(result.steps) + " snapshots" +
              (result.finished_flush ? ", an interrupted flush finished" : "") +
              (result.torn_steps > 0 ? ", " + std::to_string(result.torn_steps) + " torn ones trimmed" : "") +
              (result.lost_steps > 0 ? ", " + std::to_string(result.lost_steps) + " damaged ones lost" : ""));
  return exit_done;
}

}  // namespace

Command add_repair(CLI::App& program) {
  CLI::App* app = program.add_subcommand("repair", "Trim a torn snapshot file to its last committed step");
  const auto file = std::make_shared<std::string>();
  app->add_option("FILE", *file, "Snapshot file of marea")->required();
  app->footer("Example:\n  marea repair runs/tsunami/run_0007.h5");
  return {app, Needs::files, [file](const Console& console) { return repair(*file, console); }};
}

}  // namespace marea::cli
