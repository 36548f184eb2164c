// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/solvers/climate/shallow_water/options.hpp>

namespace marea::shallow_water {

/// Surface elevation of an incoming wave over time, linear between its samples.
class InflowWave {
 public:
  InflowWave() = default;
  /// Throws IoError, DataError (missing dataset, NaN, times that do not increase); an empty file name: no wave.
  explicit InflowWave(const InflowOptions& options);

  bool given() const { return !times_.empty(); }
  /// Throws DataError with both spans where the wave is over when the run begins, at 0, or begins when it has ended.
  void require_within(double end_time) const;
  /// Whether the wave still comes in; afterwards the boundary is a wall.
  bool active(double time) const { return !times_.empty() && time <= times_.back(); }
  /// Surface elevation [m]; the first sample before its time.
  double eta(double time) const;

 private:
  std::string where_;                    ///< file and dataset of the times, for messages
  std::vector<double> times_, eta_;
};

/// Throws DataError that names a dataset of the inflow's file which nobody uses. A file from which other tables take
/// fields too is theirs to judge.
void require_inflow_used(const Options& options, const OptionTree& initial);

}  // namespace marea::shallow_water
