// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/heat_conduction/materials.hpp>

#include <algorithm>
#include <functional>

#include <marea/solvers/parts/positive_field.hpp>

namespace marea::heat_conduction {
namespace {

HostArray same_everywhere(double value, const Grid& grid) {
  HostArray cells = cells_of(grid);
  std::ranges::fill(cells.values<double>(), value);
  return cells;
}

/// A number or a file.
HostArray number_or_file(const OptionTree& value, const FieldInfo& field, const Grid& grid) {
  const std::string where = "solver." + field.name;
  if (value.is_table() && !value.find("file"))
    fail<ConfigError>(where, field.name, " must be a number or a table with the key file");
  if (value.is_table()) return field_from_file(file_options(value, where), field, grid);
  HostArray cells = same_everywhere(value.as_double(), grid);
  require_finite_field(cells, grid, where);
  return cells;
}

/// The field whose cells of layer n hold of(n).
template <class Of> HostArray by_layer(const std::vector<int>& layers, const Grid& grid, const Of& of) {
  HostArray cells = cells_of(grid);
  const Block& b = grid.info.block;
  const std::int64_t row = b.extent[1] * b.extent[2];
  for (std::int64_t n = 0; n < cells.size(); ++n)
    cells.values<double>()[n] = of(layers[static_cast<std::size_t>(b.offset[0] + n / row)]);
  return cells;
}

/// Adds the power of a block to the cells that it covers, each by the share that it covers.
void add_power(const PlacedBlock& block, const Grid& grid, const HostArray& source) {
  const Cells& c = grid.cells;
  const double density = block.power / (block.place.area() * block.thickness);
  std::int64_t n = 0;
  for (int k = c.begin[0]; k < c.end[0]; ++k)
    for (int j = c.begin[1]; j < c.end[1]; ++j)
      for (int i = c.begin[2]; i < c.end[2]; ++i, ++n)
        source.values<double>()[n] += density * block.covered(c)(k, j, i);
}

}  // namespace

void load_materials(const Options& o, const std::vector<PlacedBlock>& blocks, const Grid& grid, const Materials& to) {
  const std::vector<int> layers = layer_of_cells(o.layers);
  HostArray source = number_or_file(o.source, {.name = "source", .units = "W m-3"}, grid);
  for (int axis = 3 - grid.dimensions; axis < 3; ++axis) {
    const int variable = axis - (3 - grid.dimensions);
    const auto along = [&](const OptionTree& value) { return conductivity_of(value, "solver.conductivity")[2 - axis]; };
    HostArray k;
    if (!o.layers.empty()) k = by_layer(layers, grid, [&](int n) { return along(o.layers[n].conductivity); });
    else if (o.conductivity.is_table())
      k = number_or_file(o.conductivity, {.name = "conductivity", .units = "W m-1 K-1"}, grid);
    else k = same_everywhere(along(o.conductivity), grid);
    require_positive_field(k, grid, "solver.conductivity", "conductivity");
    upload<double>(k, to.conductivity, variable, grid);
  }
  HostArray capacity = same_everywhere(o.heat_capacity, grid);
  if (!o.layers.empty()) {
    capacity = by_layer(layers, grid, [&](int n) { return o.layers[n].heat_capacity; });
    const Rectangle whole = domain_of(grid);
    const HostArray even = by_layer(layers, grid, [&](int n) {
      return o.layers[n].power / (whole.area() * o.layers[n].thickness);
    });
    const auto sum = source.values<double>();
    std::ranges::transform(even.values<double>(), sum, sum.begin(), std::plus());
    for (const PlacedBlock& block : blocks) add_power(block, grid, source);
  }
  upload<double>(capacity, to.capacity, 0, grid);
  upload<double>(source, to.source, 0, grid);
}

}  // namespace marea::heat_conduction
