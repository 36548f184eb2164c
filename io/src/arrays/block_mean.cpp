// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "block_mean.hpp"

#include <array>
#include <vector>

namespace marea::detail {

template <class T>
void block_mean(std::span<const T> fine, std::span<const std::int64_t> extents, int components, int component,
                int factor, std::span<float> coarse) {
  // Missing leading axes have one cell, which is not grouped.
  std::array<std::int64_t, 3> n{1, 1, 1}, block{1, 1, 1};
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    n[3 - extents.size() + axis] = extents[axis];
    block[3 - extents.size() + axis] = factor;
  }
  const auto cells = static_cast<double>(block[0] * block[1] * block[2]);
  std::vector<double> sums(static_cast<std::size_t>(n[2] / block[2]));
  auto out = coarse.begin();
  for (std::int64_t k = 0; k < n[0]; k += block[0])
    for (std::int64_t j = 0; j < n[1]; j += block[1]) {
      sums.assign(sums.size(), 0);
      for (std::int64_t row = 0; row < block[0] * block[1]; ++row) {
        const T* value = &fine[(((k + row / block[1]) * n[1] + j + row % block[1]) * n[2]) * components + component];
        for (double& sum : sums)
          for (std::int64_t i = 0; i < block[2]; ++i, value += components) sum += *value;
      }
      for (const double sum : sums) *out++ = static_cast<float>(sum / cells);
    }
}

template void block_mean(std::span<const float>, std::span<const std::int64_t>, int, int, int, std::span<float>);
template void block_mean(std::span<const double>, std::span<const std::int64_t>, int, int, int, std::span<float>);

}  // namespace marea::detail
