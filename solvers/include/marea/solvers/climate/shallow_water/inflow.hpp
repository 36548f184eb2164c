// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <limits>
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
  /// Whether the wave still comes in; afterwards the boundary is a wall.
  bool active(double time) const { return !times_.empty() && time <= times_.back(); }
  /// Surface elevation [m]; the first sample before its time.
  double eta(double time) const;

 private:
  std::vector<double> times_, eta_;
};

}  // namespace marea::shallow_water
