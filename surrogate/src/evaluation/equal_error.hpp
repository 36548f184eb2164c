// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/surrogate/evaluation/cost_error_curve.hpp>

namespace marea::detail {

/// What was measured of one method: its error on each run, its seconds in each round of each run.
struct Measured {
  std::string label;
  std::vector<double> errors;                ///< (run)
  std::vector<std::vector<double>> seconds;  ///< (run, round)
};

/// The solver's cost at the surrogate's error over the surrogate's cost.
struct EqualError {
  EquivalentCost solver;               ///< from mean errors and median costs
  double ratio = 0;                    ///< median of the ratios of the rounds
  double low = 0, high = 0;            ///< its 95 % interval
  std::vector<double> ratios;          ///< of each round of each run

  /// "speed_up" or "no_speed_up" where the whole interval lies above or below 1; otherwise "unclear", also with fewer
  /// than `enough_rounds` and where every solver configuration is more accurate than the surrogate, so that a cheaper
  /// one might do.
  std::string verdict() const;
};
inline constexpr std::size_t enough_rounds = 5;

/// Compares in every round: each has a cost-error curve of its own, from its costs and the mean errors over runs.
///
/// `surrogates` are trainings that differ by their seed alone; errors are means over them. The interval is a bootstrap
/// of trainings, runs and the rounds within each (Davison and Hinkley 1997, Bootstrap Methods and their Application,
/// section 3.8): it holds noise of the clock as well as the luck of the held-out runs and of training. 1000
/// replicates of fixed random numbers: the same measurements give the same interval.
/// Throws ConfigError where no solver has a finite error; a surrogate's error must be finite.
EqualError compare_at_equal_error(const std::vector<Measured>& surrogates, const std::vector<Measured>& solvers);

}  // namespace marea::detail
