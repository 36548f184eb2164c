// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/named.hpp>
#include <marea/solvers/engineering/heat_conduction/floorplan.hpp>
#include <marea/solvers/engineering/heat_conduction/layers.hpp>

// Blocks of floorplans on the cells of layers.
namespace marea::heat_conduction {

/// The share of a cell that a block covers.
struct Covered {
  Rectangle place;
  int first, last;  ///< cells along z of the whole grid, the last one not
  Cells cells;
  KOKKOS_INLINE_FUNCTION static double overlap(double low, double high, double centre, double width) {
    const double from = low > centre - width / 2 ? low : centre - width / 2;
    const double to = high < centre + width / 2 ? high : centre + width / 2;
    return to > from ? (to - from) / width : 0;
  }
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    const std::int64_t n = cells.offset[0] + k - cells.ghost[0];
    if (n < first || n >= last) return 0;
    return overlap(place.x_low, place.x_high, cells.x(i), cells.spacing[2]) *
           overlap(place.y_low, place.y_high, cells.y(j), cells.spacing[1]);
  }
};

/// A block where it lies in the domain.
struct PlacedBlock {
  std::string name;
  Rectangle place;
  double power = 0, thickness = 0;  ///< [W], of its layer [m]
  int first = 0, last = 0;          ///< cells of its layer along z of the whole grid, the last one not
  Covered covered(const Cells& cells) const { return {place, first, last, cells}; }
};

/// The ends of the grid along x and y.
Rectangle domain_of(const Grid& grid);

/// The blocks of the floorplans of all layers. Throws IoError, DataError for a bad floorplan, ConfigError for the power
/// of a block that is not there.
std::vector<PlacedBlock> blocks_of(const std::vector<Layer>& layers, const Grid& grid);

/// A table "block_<name>" for each with time, power, maximum and mean temperature, on rank 0. Collective.
template <class Real>
std::vector<Table> block_tables(const std::vector<PlacedBlock>& blocks, const Grid& grid,
                                const multigrid::Layering& layering, const StateView<Real>& temperature, double time);

}  // namespace marea::heat_conduction
