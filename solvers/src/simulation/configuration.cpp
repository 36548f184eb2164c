// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "configuration.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <marea/io/error.hpp>
#include <marea/io/options.hpp>

namespace marea::detail {
namespace {

constexpr std::array<std::string_view, 5> without_effect{"output.folder", "output.writer", "run.wall_limit",
                                                         "output.checkpoint_every", "grid.ranks"};

std::string text(const OptionTree* node) { return node ? to_json(*node) : "absent"; }

/// Throws at the first leaf that differs.
void compare(const OptionTree* stored, const OptionTree* present, const std::string& path, const std::string& file) {
  if (std::find(without_effect.begin(), without_effect.end(), path) != without_effect.end()) return;
  const bool tables = (stored && stored->is_table()) || (present && present->is_table());
  if (tables && (!stored || stored->is_table()) && (!present || present->is_table())) {
    std::set<std::string> keys;
    for (const OptionTree* side : {stored, present})
      if (side)
        for (const auto& [key, value] : side->as_table()) keys.insert(key);
    for (const auto& key : keys)
      compare(stored ? stored->find(key) : nullptr, present ? present->find(key) : nullptr,
              path.empty() ? key : path + "." + key, file);
    return;
  }
  if (stored && present && *stored == *present) return;
  fail<ConfigError>(file, "holds a run of another configuration: ", path, " was ", text(stored), " and is ",
                    text(present), "; use another output.folder, or --restart never to overwrite");
}

}  // namespace

OptionTree resolved_configuration(const SolverInterface& solver, const OutputOptions& output, const RunOptions& run) {
  OptionTree config = solver.options();
  config["output"] = write_options(output);
  config["run"] = write_options(run);
  return config;
}

void require_same_configuration(const OptionTree& stored, const OptionTree& present, const std::string& file) {
  compare(&stored, &present, "", file);
}

}  // namespace marea::detail
