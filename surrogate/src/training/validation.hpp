// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <vector>

#include <marea/io/dataset.hpp>
#include <marea/surrogate/surrogate.hpp>
#include <marea/surrogate/trainer.hpp>

namespace marea::detail {

/// For each input channel, where the next input has it from: c for input channel c, C_in + c for output channel c.
/// States of a history move up by one, predicted ones come in as the newest, the rest stays.
std::vector<std::int64_t> next_input_sources(const ModelInfo& info);

/// Throws ConfigError unless a model of `info` can be fed its own predictions for so many steps.
void require_rollout(const ModelInfo& info, int steps);

/// Rollouts on the validation runs, from states that as many steps apart: their error chooses the weights of a network
/// and stands on the card of every model.
class Validation {
 public:
  /// `valid` must outlive this object. Throws ConfigError where the runs are shorter than the rollout.
  Validation(const TrainOptions& options, const ModelInfo& info, const Dataset& valid);

  /// Mean over rollouts of the relative L2 error of all their states, over masked cells, each channel in units of its
  /// rms over the training data.
  double error(const Surrogate& model) const;

 private:
  const Dataset& valid_;
  int steps_, batch_;
  int mask_channel_;
  std::vector<std::int64_t> samples_, sources_;
  std::vector<double> unit_;  ///< of each output channel
};

}  // namespace marea::detail
