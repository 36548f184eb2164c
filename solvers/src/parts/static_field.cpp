// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/parts/static_field.hpp>

#include <cmath>
#include <span>

#include <marea/solvers/numerics/regrid.hpp>

namespace marea {

HostArray cells_of(const Grid& grid) {
  const Block& block = grid.info.block;
  return {DType::f64, std::span(block.extent.data(), static_cast<std::size_t>(block.rank))};
}

void require_finite_field(const HostArray& field, const Grid& grid, const std::string& where) {
  const auto values = field.values<double>();
  const auto bad = std::find_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); });
  if (bad == values.end()) return;
  constexpr const char* letters = "kji";
  const Block& block = grid.info.block;
  std::string cell;
  auto rest = bad - values.begin();
  for (int a = block.rank - 1; a >= 0; --a) {
    const std::string index = std::string(1, letters[3 - block.rank + a]) + " = " +
                              std::to_string(block.offset[a] + rest % block.extent[a]);
    cell = index + (cell.empty() ? "" : ", ") + cell;
    rest /= block.extent[a];
  }
  fail<DataError>(where, "the value of cell (", cell, ") is ", *bad, ", must be finite");
}

HostArray field_from_file(const FileOptions& options, const std::string& dataset, const Grid& grid) {
  HostArray field = read_field_on_grid(options.file, dataset, grid.info, options.regrid);
  require_finite_field(field, grid, options.file + ":" + dataset);
  return field;
}

}  // namespace marea
