// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/array_ref.hpp>
#include <marea/io/block.hpp>

namespace marea {

/// One array of a restart, with a decomposition of its own: cells of the grid, coefficients of a spectral state,
/// faces of a staggered field, populations.
struct RestartPiece {
  std::string name;
  DType dtype = DType::f64;                   ///< as the solver keeps it: f32 or f64
  Block block;                                ///< this rank's part of the whole array
  std::vector<std::int64_t> components{};     ///< further last axes, as [2] of complex numbers

  /// Extents of this rank's part.
  std::vector<std::int64_t> extents() const {
    std::vector<std::int64_t> all(block.extent.begin(), block.extent.begin() + block.rank);
    all.insert(all.end(), components.begin(), components.end());
    return all;
  }
};

/// The piece that `array` is: the cells of `block`, what axes it has beyond them being components.
inline RestartPiece cell_piece(const std::string& name, const Block& block, const ArrayRef& array) {
  RestartPiece piece{name, array.dtype, block};
  for (int axis = block.rank; axis < array.rank; ++axis) piece.components.push_back(array.extent[axis]);
  return piece;
}

}  // namespace marea
