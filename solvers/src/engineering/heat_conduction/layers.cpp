// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/heat_conduction/layers.hpp>

#include <cmath>

#include <marea/io/where_of.hpp>

namespace marea::heat_conduction {
namespace {

std::vector<Layer> layers_of(const OptionTree& case_file) {
  std::vector<Layer> layers;
  if (const OptionTree* value = case_file.at_path("solver.layers"))
    marea::detail::read_value(layers, *value, {"solver", "layers"});
  for (std::size_t n = 0; n < layers.size(); ++n) {
    const std::string where = "solver.layers[" + std::to_string(n) + "]";
    if (!(layers[n].thickness > 0)) fail<ConfigError>(where_of(case_file, where), "thickness [m] is missing");
    conductivity_of(layers[n].conductivity, where_of(case_file, where + ".conductivity"));
  }
  return layers;
}

/// nz, where it is given, is that of the layers as they stand there or as they are refined.
void require_cells(const OptionTree& case_file, std::int64_t cells, std::int64_t refinement) {
  const OptionTree* given = case_file.at_path("grid.nz");
  if (!given || given->as_integer() == 0 || given->as_integer() == cells || given->as_integer() == cells * refinement)
    return;
  fail<ConfigError>(where_of(case_file, "grid.nz"), "grid.nz = ", given->as_integer(),
                    " but the layers together have ", cells * refinement, "; leave it out");
}

/// The number `layer_refinement`, which the cells of the layers take in: what is left of it is 1.
std::int64_t refine_layers(OptionTree& case_file, const std::vector<Layer>& layers) {
  int refinement = 1;
  if (const OptionTree* given = case_file.at_path("solver.layer_refinement"))
    marea::detail::read_value(refinement, *given, {"solver", "layer_refinement"});
  if (refinement <= 1) return 1;
  case_file["solver"]["layer_refinement"] = std::int64_t{1};
  for (std::size_t n = 0; n < layers.size(); ++n)
    case_file["solver"]["layers"].as_array()[n]["cells"] = layers[n].cells * refinement;
  return refinement;
}

}  // namespace

std::array<double, 3> conductivity_of(const OptionTree& value, const std::string& where) {
  std::array<double, 3> k{};
  if (value.is_array()) marea::detail::read_value(k, value, {where, "conductivity"});
  else k.fill(value.as_double());
  for (const double one : k)
    if (!(one > 0 && std::isfinite(one))) fail<ConfigError>(where, "conductivity = ", one, " must be > 0");
  return k;
}

OptionTree with_layers(OptionTree case_file) {
  const std::vector<Layer> layers = layers_of(case_file);
  if (layers.empty()) return case_file;
  const OptionTree* ny = case_file.at_path("grid.ny");
  if (!ny || ny->as_integer() == 0)
    fail<ConfigError>(where_of(case_file, "solver.layers"), "layers lie along z: give [grid] nx and ny");
  std::int64_t cells = 0;
  double thickness = 0;
  for (const Layer& layer : layers) cells += layer.cells, thickness += layer.thickness;
  const std::int64_t refinement = refine_layers(case_file, layers);
  require_cells(case_file, cells, refinement);
  if (const OptionTree* z = case_file.at_path("grid.z"); z && z->is_array() && z->as_array().size() == 2 &&
      std::fabs(z->as_array()[1].as_double() - z->as_array()[0].as_double() - thickness) > 1e-9 * thickness)
    fail<ConfigError>(where_of(case_file, "grid.z"), "z does not span the ", thickness,
                      " m of the layers; leave it out");
  case_file["grid"]["nz"] = cells * refinement;
  if (!case_file.at_path("grid.z")) case_file["grid"]["z"] = OptionTree::Array{0.0, thickness};
  return case_file;
}

std::vector<int> layer_of_cells(const std::vector<Layer>& layers) {
  std::vector<int> of;
  for (std::size_t n = 0; n < layers.size(); ++n)
    of.insert(of.end(), static_cast<std::size_t>(layers[n].cells), static_cast<int>(n));
  return of;
}

multigrid::Layering layering_of(const std::vector<Layer>& layers, Grid& grid) {
  if (layers.empty()) return {};
  const Cells& c = grid.cells;
  const std::vector<int> of = layer_of_cells(layers);
  const auto count = static_cast<std::int64_t>(of.size());
  const auto thickness = [&](std::int64_t n) { return layers[of[n]].thickness / layers[of[n]].cells; };
  using Rows = decltype(multigrid::Layering::thickness);
  const auto rows = static_cast<std::size_t>(c.extent(0));
  multigrid::Layering layering{Rows("heat_conduction.thickness", rows), Rows("heat_conduction.resistance", rows)};
  const auto host = host_mirror(layering.thickness);
  for (int k = 0; k < c.extent(0); ++k)
    host(k) = thickness(((c.offset[0] + k - c.ghost[0]) % count + count) % count);
  Kokkos::deep_copy(layering.thickness, host);
  const bool periodic = grid.boundary[0][0] == BoundaryKind::periodic;
  const auto contact = host_mirror(layering.resistance);
  for (int k = 0; k < c.extent(0); ++k) {
    const std::int64_t n = c.offset[0] + k - c.ghost[0];  // below it lies the cell n - 1
    contact(k) = 0;
    if (n < 0 || n > count || (n == 0 && !periodic)) continue;
    const int below = of[(n + count - 1) % count];
    if (n == 0 || n == count || of[n] != below) contact(k) = layers[below].contact_resistance;
  }
  Kokkos::deep_copy(layering.resistance, contact);
  double low = c.low[0];
  std::vector<double> shares;
  for (std::int64_t n = 0; n < count; ++n) {
    grid.info.centres[0][n] = low + thickness(n) / 2;
    low += thickness(n);
    shares.push_back(thickness(n) / (grid.cells.spacing[0] * static_cast<double>(count)));
  }
  grid.info.weights = {shares};
  for (int axis = 1; axis < 3; ++axis) {
    const auto cells = static_cast<std::size_t>(c.global[axis]);
    grid.info.weights.emplace_back(cells, 1 / static_cast<double>(cells));
  }
  return layering;
}

}  // namespace marea::heat_conduction
