// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/heat_conduction/blocks.hpp>

#include <algorithm>

#include <marea/io/unknown_name.hpp>

namespace marea::heat_conduction {
namespace detail {

/// Covered volume of a cell and that times its temperature.
template <class Real> struct Sums {
  Covered covered;
  multigrid::CellVolume volume;
  StateView<Real> temperature;
  KOKKOS_INLINE_FUNCTION Kokkos::Array<double, 2> operator()(int k, int j, int i) const {
    const double here = covered(k, j, i) * volume(k);
    return {here, here * static_cast<double>(temperature(0, k, j, i))};
  }
};
template <class Real> struct Hottest {
  Covered covered;
  StateView<Real> temperature;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    return covered(k, j, i) > 0 ? static_cast<double>(temperature(0, k, j, i)) : -1e300;
  }
};

}  // namespace detail

namespace {

/// The powers that a layer gives by name replace those of the file.
void set_powers(const Layer& layer, std::vector<FloorplanBlock>& blocks) {
  std::vector<std::string> known;
  for (const FloorplanBlock& block : blocks) known.push_back(block.name);
  for (const auto& [name, power] : layer.powers.as_table()) {
    const auto at = std::ranges::find(known, name);
    if (at == known.end()) fail_unknown("solver.layers.powers", "block", name, known);
    blocks[static_cast<std::size_t>(at - known.begin())].power = power.as_double();
  }
}

}  // namespace

Rectangle domain_of(const Grid& grid) {
  const GridOptions& o = grid.options;
  return {o.x[0], o.x[1], o.y[0], o.y[1]};
}

std::vector<PlacedBlock> blocks_of(const std::vector<Layer>& layers, const Grid& grid) {
  std::vector<PlacedBlock> all;
  const Rectangle die = domain_of(grid);
  int first = 0;
  for (const Layer& layer : layers) {
    const int last = first + layer.cells;
    if (layer.floorplan.empty() && !layer.powers.as_table().empty())
      fail<ConfigError>("solver.layers", "layer ", layer.name, " has powers of blocks but no floorplan; give the file");
    if (!layer.floorplan.empty()) {
      std::vector<FloorplanBlock> blocks = read_floorplan(layer.floorplan);
      check_floorplan(blocks, die.x_high - die.x_low, die.y_high - die.y_low, layer.floorplan);
      set_powers(layer, blocks);
      for (const auto& [name, p, power] : blocks)
        all.push_back({name,
                       {die.x_low + p.x_low, die.x_low + p.x_high, die.y_low + p.y_low, die.y_low + p.y_high},
                       power, layer.thickness, first, last});
    }
    first = last;
  }
  return all;
}

template <class Real>
std::vector<Table> block_tables(const std::vector<PlacedBlock>& blocks, const Grid& grid,
                                const multigrid::Layering& layering, const StateView<Real>& temperature, double time) {
  std::vector<Table> all;
  for (const PlacedBlock& block : blocks) {
    const Covered covered = block.covered(grid.cells);
    const double hottest = max_over_ranks(
        grid, local_max("heat_conduction.hottest", grid.cells, detail::Hottest<Real>{covered, temperature}));
    const multigrid::CellVolume volume = multigrid::cell_volume(grid, layering);
    const std::array<double, 2> sums =
        reduce_sums<2>("heat_conduction.block", grid, detail::Sums<Real>{covered, volume, temperature});
    if (grid.rank != 0) continue;
    all.push_back({"block_" + block.name,
                   {"time", "power", "maximum", "mean"},
                   {grid.info.time_unit, "W", "K", "K"},
                   {time, block.power, hottest, sums[1] / sums[0]},
                   {}});
  }
  return all;
}

template std::vector<Table> block_tables(const std::vector<PlacedBlock>&, const Grid&, const multigrid::Layering&,
                                         const StateView<float>&, double);
template std::vector<Table> block_tables(const std::vector<PlacedBlock>&, const Grid&, const multigrid::Layering&,
                                         const StateView<double>&, double);

}  // namespace marea::heat_conduction
