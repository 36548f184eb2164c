// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/parts/static_field.hpp>

#include <cmath>
#include <span>

#include <marea/solvers/grid/cell_name.hpp>
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
  const std::string cell = cell_name(grid.info.block, bad - values.begin());
  fail<DataError>(where, "the value of cell (", cell, ") is ", *bad, ", must be finite");
}

std::vector<std::string> profile_or_file_keys() {
  std::vector<std::string> keys{"profile"};
  for (const OptionRow& row : describe_options<FileOptions>()) keys.push_back(row.key);
  return keys;
}

FileOptions file_options(const OptionTree& table, const std::string& where) {
  FileOptions options;
  read_options(options, table, where);
  return options;
}

Regrid regrid_of(const FileOptions& options, const std::string& units) {
  Regrid how{.method = options.regrid, .beyond_ends = options.extrapolate == "nearest", .units = units};
  if (!std::isnan(options.missing)) how.missing = options.missing;
  return how;
}

std::vector<std::string> taken_by_solver(const OptionTree& solver, const std::string& file) {
  std::vector<std::string> names;
  for (const auto& [key, value] : solver.as_table()) {
    const OptionTree* from = value.is_table() ? value.find("file") : nullptr;
    if (!from || from->as_string() != file) continue;
    names.push_back(key);
    for (const auto& [option, text] : value.as_table())
      if (text.is_string()) names.push_back(text.as_string());
  }
  return names;
}

HostArray field_from_file(const FileOptions& options, const FieldInfo& field_info, const Grid& grid,
                          const std::string& component) {
  Regrid how = regrid_of(options, field_info.units);
  how.component = component;
  HostArray field = read_field_on_grid(options.file, field_info.name, grid.info, how);
  require_finite_field(field, grid, options.file + ":" + field_info.name);
  return field;
}

}  // namespace marea
