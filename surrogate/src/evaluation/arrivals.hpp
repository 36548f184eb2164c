// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include "held_out.hpp"

namespace marea::detail {

/// Arrival times of a map, judged by whether a wave comes and when.
///
/// A cell that no wave has reached holds the end of the run, in forecast and reference alike, and flatters the errors
/// of the field. Reached means: a time before 99 % of the run.
class ArrivalScore {
 public:
  /// `forecast` (1, C_out, …) f64. Does nothing without an output `arrival_time` or for a step model.
  void add(const HostArray& forecast, const HeldOut& run, const ModelInfo& info, const ArrayRef& mask);
  bool empty() const { return runs_ == 0; }
  /// Means over runs: { reached: share of the cells in the reference, misjudged: share reached in one of forecast and
  /// reference alone, mean_absolute_error: of the cells reached in the reference [s] }.
  OptionTree to_tree() const;

 private:
  int runs_ = 0, reached_runs_ = 0;
  double reached_ = 0, misjudged_ = 0, error_ = 0;
};

}  // namespace marea::detail
