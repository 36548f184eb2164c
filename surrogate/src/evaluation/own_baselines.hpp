// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/surrogate/evaluation/evaluation.hpp>

#include "stages.hpp"

namespace marea::detail {

/// Baselines that an evaluation trained, and those that it did not.
struct OwnBaselines {
  struct PassedOver {
    std::string label, why;
  };
  std::vector<std::string> files;
  std::vector<PassedOver> passed_over;
};

/// Trains every classical model that fits the task of `info` on the model's own training and validation runs, with its
/// data options and its normaliser, into the folder `baselines` of the report. After options.baseline_seconds no
/// further one is begun. Those in `given` are there already.
/// Throws IoError, Stopped.
OwnBaselines train_baselines(const EvaluationOptions& options, const ModelInfo& info,
                             const std::vector<std::string>& given, const EvaluationHooks& hooks, Stages& stages);

}  // namespace marea::detail
