// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <marea/io/error.hpp>
#include <marea/io/unknown_name.hpp>
#include <marea/solvers/ensemble.hpp>
#include <marea/solvers/grid/grid_options.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/simulation_options.hpp>
#ifdef MAREA_HAS_SURROGATE
#include <marea/io/dataset.hpp>
#include <marea/surrogate/hybrid/hybrid_options.hpp>
#include <marea/surrogate/normaliser.hpp>
#include <marea/surrogate/registry.hpp>
#include <marea/surrogate/trainer.hpp>
#endif

#include "command.hpp"

namespace marea::cli {
namespace {

/// One thing that can be listed: its options are rows.
struct Item {
  std::string kind, name, summary;
  std::vector<OptionRow> options;
  std::vector<std::string> profiles{};  ///< names of a solver's
};

std::vector<Item> all_items() {
  std::vector<Item> items;
  for (const SolverEntry& entry : solver_registry()) {
    items.push_back({"solver", entry.name, entry.summary, entry.options()});
    Item& solver = items.back();
    const std::vector<ProfileEntry> profiles = entry.profiles();
    for (const ProfileEntry& profile : profiles) solver.profiles.push_back(profile.name);
    for (const ProfileEntry& profile : profiles) {
      items.push_back({"profile", profile.name, fmt::format("[{}] of {}", profile.table, entry.name), profile.options});
    }
  }
#ifdef MAREA_HAS_SURROGATE
  for (const ModelEntry& entry : model_registry()) {
    items.push_back({"model", entry.name, entry.summary, entry.options()});
  }
#endif
  const auto add_table = [&](const char* name, const char* summary, std::vector<OptionRow> rows) {
    items.push_back({"table", name, summary, std::move(rows)});
  };
  add_table("grid", "cells, domain and boundaries", describe_options<GridOptions>());
  add_table("output", "what a simulation writes", describe_options<OutputOptions>());
  add_table("run", "how long it runs", describe_options<RunOptions>());
  add_table("ensemble", "many runs with varied values", describe_options<EnsembleOptions>());
#ifdef MAREA_HAS_SURROGATE
  add_table("data", "what a surrogate learns from", describe_options<DatasetOptions>());
  add_table("normalise", "how its inputs and outputs are scaled", describe_options<NormaliserOptions>());
  add_table("train", "how it is trained", describe_options<TrainOptions>());
  add_table("surrogate", "the model of a run", describe_options<hybrid::SurrogateOptions>());
  add_table("hybrid", "how the solver guards it", describe_options<hybrid::HybridOptions>());
#endif
  return items;
}

std::string option_lines(const std::vector<OptionRow>& rows) {
  std::size_t key = 0, type = 0, value = 0, units = 0;
  for (const OptionRow& row : rows) {
    key = std::max(key, row.key.size());
    type = std::max(type, row.type.size());
    value = std::max(value, std::min<std::size_t>(row.default_value.size(), 24));
    units = std::max(units, row.units.size() + 2);
  }
  std::string text;
  for (const OptionRow& row : rows) {
    text += fmt::format("  {:<{}}  {:<{}}  {:<{}}  {:<{}}  {}{}\n", row.key, key, row.type, type,
                        row.default_value.empty() ? "-" : row.default_value, value,
                        row.units.empty() ? "" : "[" + row.units + "]", units, row.help,
                        row.range.empty() ? "" : fmt::format("{}{}", row.help.empty() ? "" : "; ", row.range));
  }
  return text;
}

OptionTree option_tree(const std::vector<OptionRow>& rows) {
  OptionTree::Array array;
  for (const OptionRow& row : rows) {
    OptionTree out;
    out["key"] = row.key;
    out["type"] = row.type;
    out["default"] = row.default_value;
    out["units"] = row.units;
    out["range"] = row.range;
    out["help"] = row.help;
    array.push_back(std::move(out));
  }
  return array;
}

void show(const Item& item, const Console& console) {
  OptionTree values;
  values["kind"] = item.kind;
  values["name"] = item.name;
  values["summary"] = item.summary;
  values["options"] = option_tree(item.options);
  values["profiles"] = OptionTree::Array(item.profiles.begin(), item.profiles.end());
  console.event("item", values);
  std::string text = fmt::format("{} {}: {}\n\n{}", item.kind, item.name, item.summary, option_lines(item.options));
  if (!item.profiles.empty()) {
    text += fmt::format("\nprofiles (marea list PROFILE shows the options): {}\n", fmt::join(item.profiles, ", "));
  }
  console.answer(text);
}

/// A heading and one line for each item of a kind.
void show_kind(const std::vector<Item>& items, const std::string& kind, const Console& console) {
  std::string text = kind + "s\n";
  for (const Item& item : items) {
    if (item.kind != kind) continue;
    OptionTree values;
    values["kind"] = item.kind;
    values["name"] = item.name;
    values["summary"] = item.summary;
    console.event("item", values);
    text += fmt::format("  {:<16}  {}\n", item.name, item.summary);
  }
  console.answer(text);
}

int list(const std::string& what, const Console& console) {
  const std::vector<Item> items = all_items();
  const bool all = what == "all";
  if (all || what == "solvers") show_kind(items, "solver", console);
#ifndef MAREA_HAS_SURROGATE
  if (what == "models") fail_not_built("list");
#else
  if (all || what == "models") show_kind(items, "model", console);
#endif
  if (all || what == "profiles") show_kind(items, "profile", console);
  if (all) show_kind(items, "table", console);
  if (all || what == "solvers" || what == "models" || what == "profiles") return exit_done;
  std::vector<std::string> names{"solvers", "models", "profiles"};
  bool found = false;
  for (const Item& item : items) {
    names.push_back(item.name);
    if (item.name != what) continue;
    show(item, console);
    found = true;
  }
  if (found) return exit_done;
  fail_unknown("list", "name", what, names);
}

}  // namespace

Command add_list(CLI::App& program) {
  CLI::App* app = program.add_subcommand("list", "Show what is built in; with a NAME, its options");
  const auto what = std::make_shared<std::string>("all");
  app->add_option("WHAT", *what, "solvers, models, profiles, or the NAME of one of them");
  app->footer(
      "Examples:\n"
      "  marea list\n"
      "  marea list models\n"
      "  marea list shallow_water\n"
      "  marea list fno --json");
  return {app, Needs::files, [what](const Console& console) { return list(*what, console); }};
}

}  // namespace marea::cli
