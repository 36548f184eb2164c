// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <span>

namespace marea {

/// Settings of one step of Adam, the same for every weight.
struct AdamStep {
  std::int64_t step = 1;         ///< counts from 1, for the bias correction
  double learning_rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weight_decay = 0;
  bool decoupled = false;        ///< AdamW: the decay acts on the weights, not through the gradient
  double gradient_factor = 1;    ///< multiplies the gradient, as clipping wants
  double average_decay = 0;      ///< of the running mean of the weights
};

/// Updates weights, both moments and, unless `average` is empty, the running mean of the weights in one pass.
/// All spans have equal length. Elementwise, so the same bits on any number of threads.
///
/// Sources: D. P. Kingma and J. Ba (2015), arXiv:1412.6980; I. Loshchilov and F. Hutter (2019), arXiv:1711.05101.
void adam_step(const AdamStep& settings, std::span<const float> gradient, std::span<float> weights,
               std::span<float> moment1, std::span<float> moment2, std::span<float> average);

/// Sum of squares in double precision, in blocks of fixed length: the same bits on any number of threads.
double squared_norm(std::span<const float> values);

}  // namespace marea
