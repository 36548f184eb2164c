// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstdint>

namespace marea {

/// The box of a global structured array that one MPI rank owns, axes in storage order:
/// (i), (j, i) or (k, j, i). Boxes of all ranks tile the global array.
struct Block {
  int rank = 0;                          ///< number of axes, 1 to 3
  std::array<std::int64_t, 3> global{};  ///< cells of the whole grid
  std::array<std::int64_t, 3> offset{};  ///< first cell of this box
  std::array<std::int64_t, 3> extent{};  ///< cells of this box, 0 allowed
};

}  // namespace marea
