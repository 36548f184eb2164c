// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

namespace marea {

/// One measured configuration of a solver: what it costs and how wrong it is.
struct CostErrorPoint {
  std::string label;
  double cost = 0;   ///< seconds a run
  double error = 0;  ///< relative error against the independent reference
};

/// Cost of reaching an error with the best configuration of a solver, and how that is known.
struct EquivalentCost {
  enum class Kind {
    interpolated,  ///< between two measured configurations
    upper_bound,   ///< the cheapest configuration measured is already better: the true cost is at most this
    lower_bound    ///< no configuration measured is that good: the true cost is at least this
  };
  Kind kind = Kind::interpolated;
  double cost = 0;
  std::string label;  ///< the next configuration of the hull that is at least as good; the best one for lower_bound
  double error = 0;   ///< of that configuration
  std::string cheaper_label{};  ///< the other end of the interpolation; empty without one
};

/// The lower convex hull of measured configurations in the plane of log cost and log error: a straight line between
/// two of them passes below all others, so that noise in one measurement cannot raise the solver's cost.
class CostErrorCurve {
 public:
  /// Throws ConfigError for no points or costs and errors that are not positive and finite.
  explicit CostErrorCurve(std::vector<CostErrorPoint> points);

  const std::vector<CostErrorPoint>& envelope() const { return envelope_; }  ///< by rising cost
  /// Interpolates log cost linearly in log error along the envelope; never extrapolates.
  EquivalentCost cost_at(double error) const;

 private:
  std::vector<CostErrorPoint> envelope_;
};

}  // namespace marea
