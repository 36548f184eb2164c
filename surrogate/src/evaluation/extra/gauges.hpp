// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include "extra_score.hpp"

namespace marea::detail {

/// Flat index of the cell nearest to `position` (x, y, z) among those where `mask` is not zero (empty: all).
std::int64_t gauge_cell(const std::vector<double>& position, const ModelInfo& info, const ArrayRef& mask);

/// GAUGE = { position, cell, distance } of a map's case file: where it stands, the centre of its cell (both x first)
/// and how far they are apart. An empty table for a step model or a case without gauges.
OptionTree gauge_cells(const ScoreEntry& names, const HeldOut& run, const ModelInfo& info, const ArrayRef& mask);

/// Forecasts of a map at the gauges of the case file: mean of |forecast - reference| over runs.
class GaugeScores final : public ExtraScore {
 public:
  explicit GaugeScores(const ScoreEntry& names) : names_(names) {}

  /// Does nothing for a step model or a case without gauges.
  void add(const HostArray& forecast, const HeldOut& run, const ModelInfo& info, const ArrayRef& mask) override;
  bool empty() const override { return sums_.empty(); }
  /// GAUGE.CHANNEL = { mean_absolute_error, mean_absolute_reference }
  OptionTree to_tree() const override;

 private:
  struct Sum {
    std::string gauge, channel;
    double error = 0, reference = 0;
  };
  ScoreEntry names_;
  int runs_ = 0;
  std::vector<Sum> sums_;
};

/// Errors at every gauge, and where its cell is.
std::string gauge_table(const OptionTree& report);

}  // namespace marea::detail
