// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/unknown_name.hpp>

#include "arrival_times.hpp"
#include "extra_score.hpp"
#include "fronts.hpp"
#include "gauges.hpp"

namespace marea::detail {
namespace {

template <class Score> std::unique_ptr<ExtraScore> make(const ScoreEntry& names) {
  return std::make_unique<Score>(names);
}

}  // namespace

const std::vector<ExtraEntry>& extra_scores() {
  static const std::vector<ExtraEntry> entries{
      {"fronts", "fronts", nullptr, nullptr, front_cells_of, nullptr},
      {"arrival_times", "arrivals", make<ArrivalScore>, nullptr, nullptr, arrival_table},
      {"gauges", "gauges", make<GaugeScores>, gauge_cells, nullptr, gauge_table},
  };
  return entries;
}

const ExtraEntry& extra_entry(const ScoreEntry& score) {
  std::vector<std::string> names;
  for (const auto& entry : extra_scores()) {
    if (entry.name == score.name) return entry;
    names.emplace_back(entry.name);
  }
  fail_unknown("evaluate", "score", score.name, names);
}

}  // namespace marea::detail
