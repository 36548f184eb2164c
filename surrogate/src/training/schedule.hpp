// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>

#include <marea/surrogate/trainer.hpp>

namespace marea {

/// Learning rate of batch `batch` of `batches` in epoch `epoch`, all from 0.
///
/// In the warm-up, learning_rate times the share of it done after this batch. Then, with t in [0, 1) the share of the
/// remaining epochs done before this batch: cosine (1 + cos(pi t)) / 2; step 1, 1/2, 1/4, 1/8 from t = 0, 1/2, 3/4,
/// 7/8; constant 1; times learning_rate.
double learning_rate(const TrainOptions& options, int epoch, std::int64_t batch, std::int64_t batches);

/// Steps unrolled in an epoch (from 0): the entries of options.rollout in equal parts of the epochs.
int rollout_of_epoch(const TrainOptions& options, int epoch);

}  // namespace marea
