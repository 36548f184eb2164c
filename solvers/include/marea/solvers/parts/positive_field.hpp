// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <string>

#include <marea/solvers/grid/cell_name.hpp>
#include <marea/solvers/parts/static_field.hpp>

namespace marea {

/// Throws DataError that begins with `where` and names the first cell of this rank whose value is not > 0.
inline void require_positive_field(const HostArray& field, const Grid& grid, const std::string& where,
                                   const std::string& name) {
  const auto values = field.values<double>();
  const auto bad = std::ranges::find_if(values, [](double v) { return !(v > 0); });
  if (bad == values.end()) return;
  const std::string cell = cell_name(grid.info.block, bad - values.begin());
  fail<DataError>(where, "the ", name, " of cell (", cell, ") is ", *bad, ", must be > 0");
}

}  // namespace marea
