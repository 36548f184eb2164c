// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/solvers/climate/shallow_water/options.hpp>

namespace marea::shallow_water {

/// Surface elevation of an incoming wave over time, linear between its samples; before and after them the first and last.
class InflowWave {
 public:
  InflowWave() = default;
  /// Throws IoError, DataError (missing dataset, NaN, times that do not increase); an empty file name: no wave.
  explicit InflowWave(const InflowOptions& options);

  bool given() const { return !times_.empty(); }
  /// Throws DataError with both spans where the wave is over when the run begins, at 0, or begins when it has ended.
  void require_within(double end_time) const;
  /// Whether a wall stands where the wave came in: after its last time, where the options ask for one.
  bool walled(double time) const { return wall_after_ && time > times_.back(); }
  /// Surface elevation [m].
  double eta(double time) const;

 private:
  std::string where_;                    ///< file and dataset of the times, for messages
  std::vector<double> times_, eta_;
  bool wall_after_ = false;
};

/// Throws DataError that names a dataset of the inflow's file which nobody uses. A file from which other tables take
/// fields too is theirs to judge.
void require_inflow_used(const Options& options, const OptionTree& initial);

}  // namespace marea::shallow_water
