// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/reaction_diffusion/tissue.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <marea/io/collective.hpp>
#include <marea/io/where_of.hpp>
#include <marea/solvers/grid/halo_exchange.hpp>
#include <marea/solvers/grid/cell_name.hpp>
#include <marea/solvers/parts/static_field.hpp>

namespace marea::reaction_diffusion {
namespace detail {

/// K = factor (f f^T + across (1 - f f^T)) of a cell: its diagonal, and what lies beside it.
struct SetTensor {
  StateView<double> conductivity, fibre, diagonal, cross;
  double across;
  int dimensions;
  bool oblique;
  KOKKOS_INLINE_FUNCTION double of(int a, int b, int k, int j, int i) const {
    const int first = 3 - dimensions;
    const double along = fibre(a - first, k, j, i) * fibre(b - first, k, j, i);
    return conductivity(0, k, j, i) * (across * (a == b ? 1 : 0) + (1 - across) * along);
  }
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    for (int a = 3 - dimensions; a < 3; ++a) {
      diagonal(a - (3 - dimensions), k, j, i) = of(a, a, k, j, i);
      for (int b = a + 1; oblique && b < 3; ++b) cross(cross_variable(a, b, dimensions), k, j, i) = of(a, b, k, j, i);
    }
  }
};

}  // namespace detail

namespace {

HostArray constant(double value, const Grid& grid) {
  HostArray cells = cells_of(grid);
  std::ranges::fill(cells.values<double>(), value);
  return cells;
}

HostArray read_conductivity(const OptionTree& value, const Grid& grid) {
  const FieldInfo info{.name = "conductivity", .units = "1"};
  HostArray field = value.is_table() ? field_from_file(file_options(value, "solver.conductivity"), info, grid)
                                     : constant(value.as_double(), grid);
  require_finite_field(field, grid, "solver.conductivity");
  const auto values = field.values<double>();
  const auto bad = std::ranges::find_if(values, [](double v) { return v < 0; });
  if (bad != values.end())
    fail<DataError>("solver.conductivity", "the conductivity of cell (",
                    cell_name(grid.info.block, bad - values.begin()), ") is ", *bad,
                    ", must be >= 0; 0 where there is no tissue");
  return field;
}

/// The component along axis a of the direction that a case gives to every cell.
double component_of(const OptionTree& value, const Grid& grid, int axis, const std::string& where) {
  if (value.is_number()) {
    const double turn = value.as_double() * std::numbers::pi / 180;
    return axis == 2 ? std::cos(turn) : axis == 1 ? std::sin(turn) : 0;
  }
  if (!value.is_array() || value.as_array().size() < static_cast<std::size_t>(grid.dimensions))
    fail<ConfigError>(where, "fibres must be an angle, ", grid.dimensions, " numbers [x, y, …], or { file = … }");
  return value.as_array()[static_cast<std::size_t>(2 - axis)].as_double();
}

/// Unit vectors of every cell, one array an axis.
std::vector<HostArray> read_fibres(const OptionTree& value, const Grid& grid, const std::string& where) {
  std::vector<HostArray> all;
  for (int axis = 3 - grid.dimensions; axis < 3; ++axis) {
    const FieldInfo info{.name = "fibre", .units = "1", .rank = 1};
    all.push_back(value.is_table()
                      ? field_from_file(file_options(value, "solver.fibres"), info, grid, std::string(1, "zyx"[axis]))
                      : constant(component_of(value, grid, axis, where), grid));
  }
  for (std::int64_t n = 0; n < all[0].size(); ++n) {
    double square = 0;
    for (const HostArray& one : all) square += one.values<double>()[n] * one.values<double>()[n];
    if (!(square > 0) || !std::isfinite(square))
      fail<DataError>(where, "the fibre of cell (", cell_name(grid.info.block, n), ") has ",
                      square == 0 ? "no length" : "no finite length", "; give a direction to every cell");
    for (HostArray& one : all) one.values<double>()[n] /= std::sqrt(square);
  }
  return all;
}

}  // namespace

Tissue tissue_of(const Options& o, const OptionTree& case_file, const Grid& grid) {
  const int dimensions = grid.dimensions;
  const bool fibres = !o.fibres.empty();
  const std::string where = where_of(case_file, "solver.fibres");
  if (!fibres && o.across != 1)
    fail<ConfigError>(where_of(case_file, "solver.across"), "across = ", o.across,
                      " has no meaning without fibres; give solver.fibres, or across = 1");
  const bool oblique = fibres && o.across != 1 && dimensions > 1;
  Tissue t{make_state<double>("reaction_diffusion.conductivity", grid, 1),
           make_state<double>("reaction_diffusion.fibre", grid, dimensions),
           {},
           multigrid::make_conductances<double>(grid),
           !oblique && o.conductivity.is_number() && o.conductivity.as_double() == 1};
  if (oblique) t.cross = make_state<double>("reaction_diffusion.cross", grid, dimensions * (dimensions - 1) / 2);
  run_collectively(grid.info.comm, [&] {
    upload<double>(read_conductivity(o.conductivity, grid), t.conductivity, 0, grid);
    if (!fibres) return;
    const std::vector<HostArray> all = read_fibres(o.fibres, grid, where);
    for (int v = 0; v < dimensions; ++v) upload<double>(all[static_cast<std::size_t>(v)], t.fibre, v, grid);
  });
  const auto diagonal = make_state<double>("reaction_diffusion.diagonal", grid, dimensions);
  for_each_cell("reaction_diffusion.tensor", grid.cells,
                detail::SetTensor{t.conductivity, t.fibre, diagonal, t.cross, o.across, dimensions, oblique});
  HaloExchange<double>(grid, dimensions).exchange(diagonal);
  if (oblique) HaloExchange<double>(grid, static_cast<int>(t.cross.extent(0))).exchange(t.cross);
  multigrid::set_faces(grid, diagonal, {}, t.conductances);
  multigrid::exchange_faces(grid, t.conductances.faces);
  return t;
}

}  // namespace marea::reaction_diffusion
