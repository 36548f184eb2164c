// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include "method.hpp"
#include "stages.hpp"

namespace marea::detail {

/// One look at a solver configuration: its cost and its error of each output field on the first run.
struct Look {
  SolverConfiguration configuration;
  double seconds = 0;
  std::vector<double> errors;
  std::string dominated_by;  ///< label of one that is cheaper by a quarter and no less accurate in any field; or empty
};

/// Marks every look that another one dominates; the configuration of the data never is.
void mark_dominated(std::vector<Look>& looks);

/// Looks at every solver configuration, and at coarser and coarser grids of at least `least_cells` cells a direction
/// until one is less accurate than the surrogate in each field, so that the cost at the surrogate's error lies between
/// two measurements. The grid of the data comes first; `made_data` says that its case is the one that made them.
/// Throws Stopped.
std::vector<Look> screen_solvers(const Method& surrogate, const std::vector<HeldOut>& runs, const ModelInfo& info,
                                 const std::vector<double>& multiples, bool made_data, Stages& stages,
                                 const EvaluationHooks& hooks);

}  // namespace marea::detail
