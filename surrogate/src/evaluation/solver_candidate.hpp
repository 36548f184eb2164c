// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include "forecast.hpp"

namespace marea::detail {

/// One way to run the solver: a grid, an order, a precision.
struct SolverConfiguration {
  std::vector<std::int64_t> extents;  ///< cells in storage order
  int order = 0;                      ///< 0: the solver has no such option
  std::string precision;              ///< empty: the solver has no such option
  bool is_data = false;               ///< the configuration that made the training data

  std::string label() const;          ///< "120 x 92, order 2, double"
  std::string grid_label() const;     ///< "120 x 92"
  /// The case with this configuration, and without what only output needs (gauges, ensemble, output).
  OptionTree apply(const OptionTree& case_file) const;
};

/// The configurations that compete: every multiple of the model's grid, rounded to whole cells, of at least 8 cells a
/// direction, with each order and precision the solver offers, and the configuration of the data in both precisions.
std::vector<SolverConfiguration> solver_configurations(const OptionTree& case_file, const ModelInfo& info,
                                                       const std::vector<double>& multiples);

/// Steps a configuration from the start of a run through its lead times and brings its fields to the model's grid.
/// Seconds are its stepping alone: no set-up, no reading of fields.
Forecast run_solver(const SolverConfiguration& configuration, const HeldOut& run, const ModelInfo& info);

/// True where the solver of a case file has that option.
bool has_option(const OptionTree& case_file, const std::string& key);

}  // namespace marea::detail
