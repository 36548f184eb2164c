// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <marea/surrogate/estimate/estimate.hpp>

#include "candidate.hpp"
#include "plan.hpp"
#include "statistics.hpp"

namespace marea::detail {

/// One entry of `estimate.statistics`.
struct Statistic {
  enum class Kind { mean, std, exceedance, quantile, sobol_first, sobol_total } kind = Kind::mean;
  double level = 0;       ///< threshold [units of the quantity] or share
  std::size_t input = 0;  ///< number of the varied parameter of a Sobol index
  std::string input_name;
  bool picks() const { return kind == Kind::sobol_first || kind == Kind::sobol_total; }
  /// A share or probability, whatever the units of the quantity.
  bool is_share() const { return kind == Kind::exceedance || picks(); }
  /// "mean", "std", "exceedance_0.5", "quantile_0.95", "sobol_first_initial.height"
  std::string name() const;
  /// \param runs  of each evaluation of a block, see SampleStore; the first alone but for Sobol indices
  Estimate of(const std::vector<Samples>& runs) const;
};

/// Reads `"mean"`, `"std"`, `{ exceedance = 0.5 }`, `{ quantile = 0.95 }`, `"sobol"` (two for each of the varied
/// parameters `inputs`); none: the mean. Throws ConfigError.
std::vector<Statistic> read_statistics(const OptionTree* list, const std::vector<std::string>& inputs);

/// What a plan is compared with: variance times cost of plain Monte Carlo and of the solver's levels alone, over that of
/// the best estimator, with the 95 % range of a bootstrap over the pilot.
struct Gain {
  double over_monte_carlo = 1, low = 1, high = 1;
  double of_levels = 1;  ///< gain over Monte Carlo without surrogates
};

/// Covariances of the models over the quantity: of a field the mean over its cells.
Eigen::MatrixXd covariance_over(const std::vector<Eigen::MatrixXf>& pilot, Eigen::Index first, Eigen::Index size);

/// \param levels  the models that are no surrogates
Gain gain_of(const std::vector<Eigen::MatrixXf>& pilot, Eigen::Index size, const std::vector<double>& costs,
             const std::vector<int>& levels);

/// A finished study: of each model its samples, of each quantity, statistic and value an estimate.
struct Study {
  EstimateOptions options;
  std::vector<Quantity> quantities;
  std::vector<Statistic> statistics;
  std::vector<std::string> labels;             ///< of the models; the first is the solver
  std::vector<bool> surrogate;
  std::vector<OptionTree> cards;               ///< of the models, empty for the solver's
  std::vector<double> costs;                   ///< wall seconds of one sample
  std::vector<double> correlations;            ///< with the solver, over the first quantity
  std::int64_t pilot = 0, replaced = 0;
  bool halved = false;                         ///< model 1 is the solver on half as many cells an axis
  std::int64_t runs_per_sample = 1;            ///< with Sobol indices two more than parameters
  Plan plan;
  Gain gain;
  double variance_cost = 0;                    ///< variance of the first quantity's mean times its cost [s]
  double pilot_seconds = 0, run_seconds = 0;   ///< of all samples, as if one after the other
  double wanted_seconds = 0;                   ///< that the target would take; 0: no target
  std::vector<std::vector<std::vector<Estimate>>> estimates;  ///< [quantity][statistic][value]

  std::int64_t samples_of(int model) const;
};

/// What the surrogates of the plan took before the first estimate, and when it is paid back.
struct Payback {
  int surrogates = 0;
  double training_seconds = 0;
  std::optional<double> data_seconds;  ///< of the solver for the runs of the training; none where a model does not say
  double saved_seconds = 0;            ///< an estimate, over the best without surrogates, their pilot paid
  std::optional<double> estimates;     ///< that pay it back; none where they do not or the data's cost is not known
};
Payback payback_of(const Study& study);
std::string payback_line(const Payback& payback);

/// The first lines of the results.
std::vector<std::string> headline_of(const Study& study);
OptionTree to_tree(const Study& study);
std::string to_markdown(const Study& study);
/// estimate.h5: fields of each statistic, its standard error and interval, and the table of those at gauges.
void write_fields(const std::string& file, const Study& study, const GridInfo& grid, const OptionTree& case_file);

}  // namespace marea::detail
