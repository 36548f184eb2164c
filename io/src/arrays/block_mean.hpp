// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <span>

namespace marea::detail {

/// Means over blocks of factor cells a direction, summed in double precision; factor 1 copies.
///
/// \param fine        values of grid extents `extents` (1 to 3 axes, divisible by factor), `components` a cell
/// \param component   the one to take
/// \param coarse      the means in C order
template <class T>
void block_mean(std::span<const T> fine, std::span<const std::int64_t> extents, int components, int component,
                int factor, std::span<float> coarse);

extern template void block_mean(std::span<const float>, std::span<const std::int64_t>, int, int, int, std::span<float>);
extern template void block_mean(std::span<const double>, std::span<const std::int64_t>, int, int, int,
                                std::span<float>);

}  // namespace marea::detail
