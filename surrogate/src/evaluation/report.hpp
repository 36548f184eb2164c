// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include "method.hpp"
#include "own_baselines.hpp"
#include "screen.hpp"

namespace marea::detail {

/// What is known beside the methods' own numbers.
struct Facts {
  std::vector<double> distance_to_finer;  ///< errors of the first reference against one of refinement + 1, by field
  std::int64_t seen_runs = 0;    ///< measured ones that are training or validation data of a model here
  std::vector<Look> looks;       ///< at every solver configuration, those left out too
  std::vector<OwnBaselines::PassedOver> passed_over;  ///< baselines that were not trained
  Drift drift;                   ///< of the reference
  std::vector<double> errors_on_data;  ///< of the surrogate, a map, by field; empty of a step
  OptionTree trust;              ///< trust_facts of the surrogate
  std::string device;            ///< where the surrogate ran
};

/// The tree of report.json (docs/report.md), with the statement about the speed-up at equal error.
OptionTree build_report(const EvaluationOptions& options, const ModelInfo& info, const std::vector<HeldOut>& runs,
                        const std::vector<Method>& methods, const Facts& facts);

/// "surrogate", "baseline" or "solver".
const char* to_string(Method::Kind kind);

/// The same as tables for people.
std::string to_markdown(const OptionTree& report);

/// Fields for the figures: reference, surrogate, baselines and the solver of equal error, of the first runs.
void write_figure_fields(const std::string& path, const ModelInfo& info, const std::vector<HeldOut>& runs,
                         const std::vector<Method>& methods, const OptionTree& report);

}  // namespace marea::detail
