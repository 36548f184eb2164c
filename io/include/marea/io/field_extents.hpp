// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <vector>

#include <marea/io/block.hpp>
#include <marea/io/field_info.hpp>

namespace marea {

/// Extents of this rank's part of a field: its cells, then one axis of components for each tensor rank.
inline std::vector<std::int64_t> block_extents(const Block& block, const FieldInfo& field) {
  std::vector<std::int64_t> extents(block.extent.begin(), block.extent.begin() + block.rank);
  extents.insert(extents.end(), static_cast<std::size_t>(field.rank), block.rank);
  return extents;
}

/// The same of the whole grid.
inline std::vector<std::int64_t> grid_extents(const Block& block, const FieldInfo& field) {
  std::vector<std::int64_t> extents(block.global.begin(), block.global.begin() + block.rank);
  extents.insert(extents.end(), static_cast<std::size_t>(field.rank), block.rank);
  return extents;
}

}  // namespace marea
