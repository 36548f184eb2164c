// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

#include <marea/io/dataset.hpp>
#include <marea/surrogate/trainer.hpp>

#include "training_state.hpp"

namespace marea::detail {

/// Measures what normalisation, envelope and the statistics of `info` need, in one pass over the samples. Statistics
/// that the [normalise] table gives are kept.
void measure_training_data(const Dataset& data, ModelInfo& info);

/// What a network's training hands to the writer of model files.
struct TrainedNetwork {
  std::vector<std::pair<std::string, HostArray>> best, last;
  TrainingState state;
};

/// Trains the network of `info` from `state` (no weights: from the beginning) to the end, with a checkpoint at
/// `checkpoint` and the curve at `curve`. Throws Stopped, NumericalError, IoError, ConfigError.
TrainedNetwork train_network(const TrainOptions& options, const ModelInfo& info, const Dataset& train,
                             const Dataset& valid, TrainingState state, const std::string& checkpoint,
                             const std::string& curve, const TrainingHooks& hooks);

}  // namespace marea::detail
