// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "superposition_kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace marea::kernels {
namespace {

using Lanes = std::array<float, lanes>;

/// sum base + sum_r w_r q_r of one component in one block of cells.
void weighted_sum(const float* data, const float* weights, std::int64_t runs, float sum, const Lanes& base,
                  Lanes& out) {
  Lanes total;
  for (std::int64_t l = 0; l < lanes; ++l) total[l] = sum * base[l];
  for (std::int64_t r = 0; r < runs; ++r, data += lanes) {
    const float w = weights[r];
#pragma GCC ivdep
    for (std::int64_t l = 0; l < lanes; ++l) total[l] += w * data[l];
  }
  out = total;
}

/// The magnitude of a vector from its components.
void magnitude(const Lanes* components, std::int64_t count, Lanes& out) {
  Lanes square{};
  for (std::int64_t c = 0; c < count; ++c)
    for (std::int64_t l = 0; l < lanes; ++l) square[l] += components[c][l] * components[c][l];
  for (std::int64_t l = 0; l < lanes; ++l) out[l] = std::sqrt(square[l]);
}

/// When each cell first passes the threshold, between snapshots on a straight line.
void first_crossing(const Lanes* values, const double* times, std::int64_t steps, float threshold, Lanes& out) {
  out.fill(static_cast<float>(times[steps - 1]));
  Lanes waiting;
  for (std::int64_t l = 0; l < lanes; ++l) {
    const bool first = std::fabs(values[0][l]) > threshold;
    waiting[l] = first ? 0.0f : 1.0f;
    out[l] = first ? static_cast<float>(times[0]) : out[l];
  }
  for (std::int64_t t = 1; t < steps; ++t) {
    const auto before = static_cast<float>(times[t - 1]), interval = static_cast<float>(times[t] - times[t - 1]);
    for (std::int64_t l = 0; l < lanes; ++l) {
      const float last = std::fabs(values[t - 1][l]), now = std::fabs(values[t][l]);
      const bool crosses = waiting[l] > 0 && now > threshold;
      const float rise = crosses ? now - last : 1.0f;
      out[l] = crosses ? before + interval * (threshold - last) / rise : out[l];
      waiting[l] = crosses ? 0.0f : waiting[l];
    }
  }
}

/// 1 where a magnitude passes the threshold.
void passed(const Lanes* values, std::int64_t steps, float threshold, Lanes& out) {
  out.fill(0);
  for (std::int64_t t = 0; t < steps; ++t)
    for (std::int64_t l = 0; l < lanes; ++l) out[l] = std::fabs(values[t][l]) > threshold ? 1.0f : out[l];
}

void keep(const Kept& kept, const Lanes* values, const double* times, std::int64_t steps, Lanes& out) {
  if (kept.kind == RunningDiagnostic::Kind::first_crossing)
    return first_crossing(values, times, steps, kept.threshold, out);
  if (kept.kind == RunningDiagnostic::Kind::passed) return passed(values, steps, kept.threshold, out);
  const float sign = kept.kind == RunningDiagnostic::Kind::maximum ? 1.0f : -1.0f;
  Lanes best = values[0];
  for (std::int64_t t = 1; t < steps; ++t)
    for (std::int64_t l = 0; l < lanes; ++l) best[l] = sign * values[t][l] > sign * best[l] ? values[t][l] : best[l];
  out = best;
}

/// Room of one thread.
struct Workspace {
  explicit Workspace(const Series& s)
      : values(static_cast<std::size_t>(s.steps)),
        parts(static_cast<std::size_t>(s.components)),
        base(static_cast<std::size_t>(s.components)) {}
  std::vector<Lanes> values, parts, base;
};

void superpose_block(const Series& s, const float* weights, float sum, std::span<const Kept> kept, std::int64_t block,
                     Workspace& work) {
  const std::int64_t first = block * lanes, count = std::min(lanes, s.varying - first);
  for (std::int64_t c = 0; c < s.components; ++c) {
    work.base[c].fill(0);
    for (std::int64_t l = 0; l < count; ++l) work.base[c][l] = s.base[c * s.cells + s.cell[first + l]];
  }
  const float* data = s.data + block * s.steps * s.components * s.runs * lanes;
  for (std::int64_t t = 0; t < s.steps; ++t) {
    for (std::int64_t c = 0; c < s.components; ++c, data += s.runs * lanes)
      weighted_sum(data, weights, s.runs, sum, work.base[c], s.components == 1 ? work.values[t] : work.parts[c]);
    if (s.components > 1) magnitude(work.parts.data(), s.components, work.values[t]);
  }
  Lanes out;
  for (const Kept& k : kept) {
    keep(k, work.values.data(), s.times, s.steps, out);
    for (std::int64_t l = 0; l < count; ++l) k.out[s.cell[first + l]] = out[l];
  }
}

/// The cells that never vary.
void keep_base(const Series& s, float sum, const Kept& kept) {
  for (std::int64_t cell = 0; cell < s.cells; ++cell) {
    float value = sum * s.base[cell];
    if (s.components > 1) {
      value = 0;
      for (std::int64_t c = 0; c < s.components; ++c) value += s.base[c * s.cells + cell] * s.base[c * s.cells + cell];
      value = std::fabs(sum) * std::sqrt(value);
    }
    if (kept.kind == RunningDiagnostic::Kind::first_crossing)
      value = static_cast<float>(std::fabs(value) > kept.threshold ? s.times[0] : s.times[s.steps - 1]);
    if (kept.kind == RunningDiagnostic::Kind::passed) value = std::fabs(value) > kept.threshold ? 1.0f : 0.0f;
    kept.out[cell] = value;
  }
}

}  // namespace

void superpose(const Series& series, const float* weights, float sum, std::span<const Kept> kept) {
  for (const Kept& k : kept) keep_base(series, sum, k);
  const std::int64_t blocks = (series.varying + lanes - 1) / lanes;
#pragma omp parallel
  {
    Workspace work(series);
#pragma omp for schedule(static)
    for (std::int64_t block = 0; block < blocks; ++block) superpose_block(series, weights, sum, kept, block, work);
  }
}

void row_products(const float* a, const float* x, std::int64_t rows, std::int64_t columns, double* out) {
  constexpr std::int64_t chunk = 4096, width = 16;
#pragma omp parallel for schedule(static)
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = a + r * columns;
    double total = 0;
    for (std::int64_t begin = 0; begin < columns; begin += chunk) {
      const std::int64_t end = std::min(begin + chunk, columns), whole = begin + (end - begin) / width * width;
      std::array<float, width> sums{};
      for (std::int64_t i = begin; i < whole; i += width)
        for (std::int64_t l = 0; l < width; ++l) sums[l] += row[i + l] * x[i + l];
      for (std::int64_t i = whole; i < end; ++i) sums[0] += row[i] * x[i];
      for (const float part : sums) total += part;
    }
    out[r] = total;
  }
}

}  // namespace marea::kernels
