// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace marea {

/// Half-open range of cells along one axis.
struct CellRange {
  std::int64_t begin = 0, end = 0;
};

/// The cells of part `index` when `cells` are cut into `parts` ranges that differ by one at most.
inline CellRange part_of(std::int64_t cells, int parts, int index) {
  return {cells * index / parts, cells * (index + 1) / parts};
}

/// How many ranks stand along each axis (storage order, the contiguous axis last).
///
/// Of all factorisations of `size` whose parts keep at least `narrowest` cells it takes the one with the smallest
/// halo of the largest part; among equals the one that cuts the contiguous axis least. Throws ConfigError with both
/// values and the remedy when there is none.
std::vector<int> choose_ranks(int size, const std::vector<std::int64_t>& cells, std::int64_t narrowest);

/// Throws ConfigError unless `ranks` has one entry an axis, multiplies to `size` and leaves `narrowest` cells a part.
void check_ranks(const std::vector<int>& ranks, int size, const std::vector<std::int64_t>& cells,
                 std::int64_t narrowest);

}  // namespace marea
