// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/model_file.hpp>
#include <marea/io/option_tree.hpp>

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

/// The configurations that compete: every multiple of the model's grid that divides evenly, with each order and
/// precision the solver offers, and the configuration of the data itself in both precisions.
std::vector<SolverConfiguration> solver_configurations(const OptionTree& case_file, const ModelInfo& info,
                                                       const std::vector<double>& multiples);

/// Steps a configuration through the lead times and resamples its fields to the model's grid.
struct SolverForecast {
  double seconds = 0;                 ///< stepping alone: no set-up, no reading of fields
  std::vector<double> values;         ///< (leads, C, cells) of the model's outputs on its grid
};
SolverForecast run_solver(const OptionTree& case_file, const ModelInfo& info, const std::vector<double>& times,
                          const std::string& mask);

}  // namespace marea::detail
