// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <limits>
#include <string>
#include <vector>

#include <marea/io/model_file.hpp>

namespace marea::detail {

/// Everything that the rest of a training depends on: what a checkpoint holds. Batches are drawn by counters, so
/// epoch and batch are the position of the random numbers too. Weights lie one parameter after the other.
struct TrainingState {
  int epoch = 0;                       ///< done
  std::int64_t batch = 0;              ///< done in the present epoch
  std::int64_t step = 0;               ///< of the optimiser, done
  double loss_sum = 0;                 ///< over the samples of the present epoch
  std::int64_t seen = 0;               ///< samples of the present epoch
  double best_error = std::numeric_limits<double>::infinity();
  int best_epoch = 0;                  ///< from 1; 0: none yet
  double seconds = 0, energy = 0;      ///< spent before this process [s], [J]
  std::vector<float> weights, average, moment1, moment2, best;  ///< average and best may be empty
  std::vector<std::vector<double>> curve;
};

inline const std::vector<std::string> curve_columns{"epoch",   "train_loss",         "valid_error", "learning_rate",
                                                    "rollout", "samples_per_second", "seconds"};

/// A checkpoint is a model file with these arrays instead of a network's. `info` is kept as it is but for the card.
void write_training_state(const std::string& path, const ModelInfo& info, const TrainingState& state);

/// Throws IoError, DataError.
TrainingState read_training_state(const std::string& path, ModelInfo& info);

/// The curve as CSV, replaced in one go. Throws IoError.
void write_curve(const std::string& path, const std::vector<std::vector<double>>& curve);

}  // namespace marea::detail
