// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "finite_values.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>

#include <marea/io/error.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/finite_fields.hpp>

namespace marea {
namespace {

/// The elements of a C-order array.
template <class T> std::span<T> values_of(const ArrayRef& array) {
  return {array.as<T>(), static_cast<std::size_t>(array.size())};
}

template <class T> std::int64_t first_not_finite(std::span<T> values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i])) return static_cast<std::int64_t>(i);
  return -1;
}

/// "y index 3, x index 7": the first place of the whole grid with a value that is not finite, the same on all ranks.
/// `components` values stand at each place of the block.
std::optional<std::string> place_not_finite(const ArrayRef& array, const Block& b, std::int64_t components,
                                            const GridInfo& grid) {
  const std::int64_t local = array.dtype == DType::f32 ? first_not_finite(values_of<float>(array))
                                                       : first_not_finite(values_of<double>(array));
  // The global index of the first bad place; the smallest over the ranks is what every rank names.
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  if (local >= 0) {
    std::int64_t rest = local / components, factor = 1;
    first = 0;
    for (int a = b.rank - 1; a >= 0; --a) {
      first += (b.offset[a] + rest % b.extent[a]) * factor;
      rest /= b.extent[a];
      factor *= b.global[a];
    }
  }
  MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT64_T, MPI_MIN, grid.comm);
  if (first == std::numeric_limits<std::int64_t>::max()) return {};
  std::string index;
  for (int a = b.rank - 1; a >= 0; --a) {
    const bool of_grid = static_cast<std::size_t>(b.rank) == grid.axis_names.size();
    const std::string axis = of_grid ? grid.axis_names[a] : "axis " + std::to_string(a);
    index = axis + " index " + std::to_string(first % b.global[a]) + (index.empty() ? "" : ", ") + index;
    first /= b.global[a];
  }
  return index;
}

std::int64_t components_of(const FieldInfo& field, const GridInfo& grid) {
  std::int64_t components = 1;
  for (int r = 0; r < field.rank; ++r) components *= grid.block.rank;
  return components;
}

void require_finite_output(const std::string& name, const ArrayRef& array, const Block& block, std::int64_t components,
                           const GridInfo& grid, double time) {
  if (const auto place = place_not_finite(array, block, components, grid))
    fail<NumericalError>("simulate", name, " is not finite at ", *place, ", time ", time,
                         "; try a smaller cfl, or restart from the last checkpoint with changed options");
}

}  // namespace

void detail::require_finite(const FieldInfo& field, const ArrayRef& array, const GridInfo& grid, double time) {
  require_finite_output(field.name, array, grid.block, components_of(field, grid), grid, time);
}

void detail::require_finite(const RestartPiece& piece, const ArrayRef& array, const GridInfo& grid, double time) {
  std::int64_t components = 1;
  for (const std::int64_t n : piece.components) components *= n;
  require_finite_output(piece.name, array, piece.block, components, grid, time);
}

void require_finite_fields(SolverInterface& solver) {
  const GridInfo& grid = solver.grid();
  for (const FieldInfo& field : solver.fields()) {
    const HostArray values(DType::f64, block_extents(grid.block, field));
    solver.read(field.name, values.ref());
    if (const auto place = place_not_finite(values.ref(), grid.block, components_of(field, grid), grid))
      fail<NumericalError>(solver.name(), field.name, " is not finite at ", *place, ", time ", solver.time(),
                           "; the state has diverged: try a smaller cfl, or look at the initial state");
  }
}

}  // namespace marea
