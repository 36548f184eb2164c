// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <marea/io/error.hpp>
#include <marea/io/option_text.hpp>
#include <marea/io/role_names.hpp>
#include <marea/io/unknown_name.hpp>
#include <marea/solvers/grid/grid_options.hpp>
#include <marea/solvers/registry.hpp>
#ifdef MAREA_HAS_SURROGATE
#include <marea/surrogate/hybrid/case_tables.hpp>
#include <marea/surrogate/registry.hpp>
#endif

#include "command.hpp"

namespace marea::cli {
namespace {

/// One thing that can be listed: its options are rows.
struct Item {
  std::string kind, name, summary;
  std::vector<OptionRow> options;
  std::vector<std::string> profiles{}, boundaries{};  ///< names of a solver's
  std::vector<FieldInfo> fields{};                    ///< of a solver
  std::vector<KnobEntry> knobs{};                     ///< of a solver
};

std::vector<Item> all_items() {
  std::vector<Item> items;
  for (const SolverEntry& entry : solver_registry()) {
    items.push_back({"solver", entry.name, entry.summary, entry.options()});
    Item& solver = items.back();
    const std::vector<ProfileEntry> profiles = entry.profiles();
    for (const ProfileEntry& profile : profiles) solver.profiles.push_back(profile.name);
    solver.fields = entry.fields();
    solver.knobs = entry.knobs;
    solver.boundaries = boundary_names();
    solver.boundaries.insert(solver.boundaries.end(), entry.boundaries.begin(), entry.boundaries.end());
    for (const ProfileEntry& profile : profiles) {
      items.push_back({"profile", profile.name, fmt::format("[{}] of {}", profile.table, entry.name), profile.options});
    }
  }
#ifdef MAREA_HAS_SURROGATE
  for (const ModelEntry& entry : model_registry()) {
    items.push_back({"model", entry.name, entry.summary, entry.options()});
  }
  const std::vector<TableEntry> tables = hybrid::case_tables();
#else
  const std::vector<TableEntry> tables = simulation_tables();
#endif
  for (const TableEntry& table : tables) items.push_back({"table", table.name, table.summary, table.options});
  return items;
}

/// Rows of words under one another; a column without words takes no room.
std::string columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> width;
  for (const auto& row : rows) {
    width.resize(row.size());
    for (std::size_t c = 0; c + 1 < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t c = 0; c + 1 < row.size(); ++c)
      if (width[c] > 0) text += fmt::format("  {:<{}}", row[c], width[c]);
    text += "  " + row.back() + '\n';
  }
  return text;
}

std::string in_brackets(const std::string& units) { return units.empty() ? "" : "[" + units + "]"; }

std::string option_lines(const std::vector<OptionRow>& options) {
  std::vector<std::vector<std::string>> rows;
  for (const OptionRow& o : options) {
    const char* const between = o.help.empty() || o.range.empty() ? "" : "; ";
    rows.push_back({o.key, o.type, o.default_value.empty() ? "-" : o.default_value, in_brackets(o.units),
                    o.help + between + o.range});
  }
  return columns(rows);
}

std::string field_lines(const std::vector<FieldInfo>& fields) {
  static constexpr const char* ranks[] = {"", "vector", "tensor"};
  std::vector<std::vector<std::string>> rows;
  for (const FieldInfo& f : fields)
    rows.push_back({f.name, to_string(f.role), ranks[f.rank], in_brackets(f.units), f.long_name});
  return columns(rows);
}

std::string knob_lines(const std::vector<KnobEntry>& knobs) {
  std::vector<std::vector<std::string>> rows;
  for (const KnobEntry& knob : knobs) {
    std::string values;
    for (const OptionTree& value : knob.values) values += (values.empty() ? "" : ", ") + value_text(value);
    rows.push_back({knob.option, values + (knob.needs.empty() ? "" : " (with " + knob.needs + ")")});
  }
  return columns(rows);
}

OptionTree knob_tree(const std::vector<KnobEntry>& knobs) {
  OptionTree::Array array;
  for (const KnobEntry& knob : knobs) {
    OptionTree out;
    out["option"] = knob.option;
    out["values"] = knob.values;
    out["needs"] = knob.needs;
    array.push_back(std::move(out));
  }
  return array;
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

OptionTree field_tree(const std::vector<FieldInfo>& fields) {
  OptionTree::Array array;
  for (const FieldInfo& f : fields) {
    OptionTree out;
    out["name"] = f.name;
    out["role"] = to_string(f.role);
    out["rank"] = f.rank;
    out["units"] = f.units;
    out["long_name"] = f.long_name;
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
  values["fields"] = field_tree(item.fields);
  values["knobs"] = knob_tree(item.knobs);
  values["boundaries"] = OptionTree::Array(item.boundaries.begin(), item.boundaries.end());
  console.event("item", values);
  std::string text = fmt::format("{} {}: {}\n\n{}", item.kind, item.name, item.summary, option_lines(item.options));
  if (!item.fields.empty()) {
    text += "\nfields ([output] fields takes all but the fixed ones, which stand in every file)\n";
    text += field_lines(item.fields);
  }
  if (!item.knobs.empty())
    text += "\nknobs (what marea evaluate varies beside the grid, and the values it adds)\n" + knob_lines(item.knobs);
  if (!item.boundaries.empty()) text += fmt::format("\nboundaries: {}\n", fmt::join(item.boundaries, ", "));
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
  if (all || what == "tables") show_kind(items, "table", console);
  std::vector<std::string> names{"solvers", "models", "profiles", "tables"};
  if (all || std::ranges::find(names, what) != names.end()) return exit_done;
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
  app->add_option("WHAT", *what, "solvers, models, profiles, tables (of case files), or the NAME of one of them");
  app->footer(
      "Examples:\n"
      "  marea list\n"
      "  marea list tables\n"
      "  marea list shallow_water\n"
      "  marea list fno --json");
  return {app, Needs::files, [what](const Console& console) { return list(*what, console); }};
}

}  // namespace marea::cli
