// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "adam.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace marea {
namespace {

constexpr std::int64_t block = 16384;  // weights a thread takes at once: five arrays of it fit the second cache

}  // namespace

void adam_step(const AdamStep& s, std::span<const float> gradient, std::span<float> weights, std::span<float> moment1,
               std::span<float> moment2, std::span<float> average) {
  const auto n = static_cast<std::int64_t>(weights.size());
  const auto t = static_cast<double>(s.step);
  const auto beta1 = static_cast<float>(s.beta1), rest1 = static_cast<float>(1 - s.beta1);
  const auto beta2 = static_cast<float>(s.beta2), rest2 = static_cast<float>(1 - s.beta2);
  const auto rate = static_cast<float>(s.learning_rate / (1 - std::pow(s.beta1, t)));
  const auto correction = static_cast<float>(1 / std::sqrt(1 - std::pow(s.beta2, t)));
  const auto epsilon = static_cast<float>(s.epsilon), factor = static_cast<float>(s.gradient_factor);
  const auto keep = static_cast<float>(s.decoupled ? 1 - s.learning_rate * s.weight_decay : 1);
  const auto coupled = static_cast<float>(s.decoupled ? 0 : s.weight_decay);
  const auto fresh = static_cast<float>(1 - s.average_decay);
  const float* g = gradient.data();
  float *p = weights.data(), *m = moment1.data(), *v = moment2.data(), *a = average.data();

#pragma omp parallel for schedule(static)
  for (std::int64_t first = 0; first < n; first += block) {
    const std::int64_t last = std::min(first + block, n);
#pragma omp simd
    for (std::int64_t i = first; i < last; ++i) {
      const float slope = factor * g[i] + coupled * p[i];
      m[i] = beta1 * m[i] + rest1 * slope;
      v[i] = beta2 * v[i] + rest2 * slope * slope;
      p[i] = keep * p[i] - rate * m[i] / (std::sqrt(v[i]) * correction + epsilon);
    }
    if (a == nullptr) continue;
#pragma omp simd
    for (std::int64_t i = first; i < last; ++i) a[i] += fresh * (p[i] - a[i]);
  }
}

double squared_norm(std::span<const float> values) {
  const auto n = static_cast<std::int64_t>(values.size()), blocks = (n + block - 1) / block;
  std::vector<double> sums(static_cast<std::size_t>(blocks));
#pragma omp parallel for schedule(static)
  for (std::int64_t b = 0; b < blocks; ++b) {
    double lanes[8] = {};
    std::int64_t i = b * block;
    const std::int64_t last = std::min(i + block, n);
    for (; i + 8 <= last; i += 8)
      for (int l = 0; l < 8; ++l) lanes[l] += static_cast<double>(values[i + l]) * values[i + l];
    for (int l = 0; i < last; ++i, ++l) lanes[l] += static_cast<double>(values[i]) * values[i];
    double sum = 0;
    for (double lane : lanes) sum += lane;
    sums[b] = sum;
  }
  double total = 0;
  for (double sum : sums) total += sum;
  return total;
}

}  // namespace marea
