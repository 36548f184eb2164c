// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <span>

#include <marea/io/running.hpp>

namespace marea::kernels {

/// Cells side by side in memory.
inline constexpr std::int64_t lanes = 64;

/// Snapshots of one field in all runs, as departures from `base`, of the cells where it varies.
struct Series {
  std::int64_t runs, steps, components;
  std::int64_t cells, varying;  ///< of the grid; of those that vary
  const float* data;            ///< (ceil(varying / lanes), steps, components, runs, lanes), 0 behind the last cell
  const std::int64_t* cell;     ///< [varying] index of each in the grid
  const float* base;            ///< (components, cells)
  const double* times;          ///< [steps]
};

/// A value that is kept of a series.
struct Kept {
  RunningDiagnostic::Kind kind;
  float threshold;
  float* out;  ///< [cells]
};

/// What is kept of the sum of all runs with these weights; `sum` is the sum of the weights. Several threads work.
void superpose(const Series& series, const float* weights, float sum, std::span<const Kept> kept);

/// out[r] = sum of a_r x over each of `rows` rows of `columns` values.
void row_products(const float* a, const float* x, std::int64_t rows, std::int64_t columns, double* out);

}  // namespace marea::kernels
