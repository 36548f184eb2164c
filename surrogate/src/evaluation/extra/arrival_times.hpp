// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

#include "extra_score.hpp"

namespace marea::detail {

/// Arrival times of a map, judged by whether a wave comes and when.
///
/// A cell that no wave has reached holds the end of the run, in forecast and reference alike, and flatters the errors
/// of the field. Reached means: a time before 99 % of the run.
class ArrivalScore final : public ExtraScore {
 public:
  explicit ArrivalScore(const ScoreEntry& names) : field_(names.of("field")) {}

  /// Does nothing without the solver's field of arrival times among the outputs or for a step model.
  void add(const HostArray& forecast, const HeldOut& run, const ModelInfo& info, const ArrayRef& mask) override;
  bool empty() const override { return runs_ == 0; }
  /// Means over runs: { reached: share of the cells in the reference, misjudged: share reached in one of forecast and
  /// reference alone, mean_absolute_error: of the cells reached in the reference [s] }.
  OptionTree to_tree() const override;

 private:
  std::string field_;
  int runs_ = 0, reached_runs_ = 0;
  double reached_ = 0, misjudged_ = 0, error_ = 0;
};

/// Whether and when a wave comes.
std::string arrival_table(const OptionTree& report);

}  // namespace marea::detail
