// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "schedule.hpp"

#include <cmath>
#include <numbers>

namespace marea {

double learning_rate(const TrainOptions& options, int epoch, std::int64_t batch, std::int64_t batches) {
  const auto position = [&](std::int64_t b) { return epoch + static_cast<double>(b) / static_cast<double>(batches); };
  if (epoch < options.warmup) return options.learning_rate * position(batch + 1) / options.warmup;
  const double t = (position(batch) - options.warmup) / (options.epochs - options.warmup);
  if (options.schedule == "cosine") return options.learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * t));
  if (options.schedule == "step")
    return options.learning_rate * (t < 0.5 ? 1 : t < 0.75 ? 0.5 : t < 0.875 ? 0.25 : 0.125);
  return options.learning_rate;
}

int rollout_of_epoch(const TrainOptions& options, int epoch) {
  const auto parts = static_cast<std::int64_t>(options.rollout.size());
  return options.rollout[static_cast<std::size_t>(epoch * parts / options.epochs)];
}

}  // namespace marea
