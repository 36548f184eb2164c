// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "forecast.hpp"

namespace marea::detail {

/// One way to run the solver: a grid, an order, a precision, a Courant number, a way to bring the bed to the grid.
struct SolverConfiguration {
  std::vector<std::int64_t> extents;  ///< cells in storage order
  int order = 0;                      ///< 0: the solver has no such option
  std::string precision;              ///< empty: the solver has no such option
  double cfl = 0;                     ///< 0: as the case has it
  bool mean_bed = false;              ///< a bed from a file by means over cells; false: as the case has it
  bool is_data = false;               ///< the configuration that made the training data

  bool operator==(const SolverConfiguration&) const = default;
  std::string label() const;          ///< "120 x 92, order 2, double, cfl 1, mean bed"
  std::string grid_label() const;     ///< "120 x 92"
  /// The case with this configuration, and without what only output needs (gauges, ensemble, output).
  OptionTree apply(const OptionTree& case_file) const;
};

/// The configuration of the data and all others on its grid with its order; the first is that of the data.
std::vector<SolverConfiguration> data_configurations(const OptionTree& case_file, const ModelInfo& info);

/// Every competitor on one grid: each order and precision the solver offers, with the Courant number of the case and
/// with the largest the solver allows, and with the bed as the case has it and by means over cells.
std::vector<SolverConfiguration> configurations_on(const std::vector<std::int64_t>& extents,
                                                   const OptionTree& case_file);

/// Grids at multiples of the model's, rounded to whole cells; one with fewer than `least_cells` in a direction becomes
/// the grid that has so many there.
std::vector<std::vector<std::int64_t>> competing_grids(const ModelInfo& info, const std::vector<double>& multiples);
/// `multiples`, and with them 2, 4, … as long as that many times the model's grid is coarser than `data`: no wide gap
/// between the grids that compete.
std::vector<double> multiples_up_to(const std::vector<std::int64_t>& data, const ModelInfo& info,
                                    std::vector<double> multiples);
inline constexpr std::int64_t least_cells = 8;

/// The largest value of an option of the case's solver, from the solver's own rows; none where it has no such option or
/// that has no largest value.
std::optional<double> largest_allowed(const OptionTree& case_file, const std::string& key);

/// Steps a configuration from the start of a run through its lead times and brings its fields to the model's grid.
/// Seconds are its stepping alone: no set-up, no reading of fields. A run that diverges has fields of NaN.
Forecast run_solver(const SolverConfiguration& configuration, const HeldOut& run, const ModelInfo& info);

/// True where the solver of a case file has that option.
bool has_option(const OptionTree& case_file, const std::string& key);

}  // namespace marea::detail
