// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <functional>
#include <string>

#include <marea/io/field_info.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/options.hpp>
#include <marea/solvers/grid/grid.hpp>
#include <marea/solvers/parts/field_table.hpp>
#include <marea/solvers/parts/file_options.hpp>
#include <marea/solvers/parts/profiles.hpp>

// From numbers, files and profiles of a case file to the values of this rank's cells.
namespace marea {

/// A zeroed f64 array of this rank's cells, in the axes of the grid.
HostArray cells_of(const Grid& grid);

/// Throws DataError that begins with `where` and names the first cell whose value is not finite.
void require_finite_field(const HostArray& field, const Grid& grid, const std::string& where);

/// A field of a file on this rank's cells, finite and in the field's units; of a vector, the component along an axis.
HostArray field_from_file(const FileOptions& options, const FieldInfo& field, const Grid& grid,
                          const std::string& component = "");

/// The datasets that tables of `[solver]` take from this file: each table's own key and the names that stand in it.
std::vector<std::string> taken_by_solver(const OptionTree& solver, const std::string& file);

/// Calls use(n, point) for every cell of this rank, n counting in C order.
template <class Use> void for_each_centre(const Grid& grid, Use&& use) {
  const Cells& c = grid.cells;
  std::size_t n = 0;
  for (int k = c.begin[0]; k < c.end[0]; ++k)
    for (int j = c.begin[1]; j < c.end[1]; ++j)
      for (int i = c.begin[2]; i < c.end[2]; ++i) use(n++, centre_of(grid, k, j, i));
}

/// Copies values of this rank's cells into one variable of a state.
template <class Real>
void upload(const HostArray& values, const StateView<Real>& to, int variable, const Grid& grid) {
  const IncomingField in(values.ref(), grid);
  for_each_cell("field.upload", grid.cells, detail::GetVariable<Real>{in.array(), to, variable});
  Device().fence();
}

using StaticProfile = std::function<double(const Point&)>;

/// A static field, of which name and units count, as a case file gives it: a number, { file, … } of FileOptions with a
/// dataset of that name, or { profile, … } of `Profiles`, a ProfileTable<StaticProfile, …>. `where`: the option, as
/// "solver.bathymetry". Throws ConfigError, IoError, or DataError naming the first cell that is not finite.
template <class Profiles>
HostArray read_static_field(const OptionTree& value, const FieldInfo& field_info, const std::string& where,
                            const Grid& grid) {
  if (value.is_table() && value.find("file")) {
    return field_from_file(file_options(value, where), field_info, grid);
  }
  HostArray field = cells_of(grid);
  const auto values = field.values<double>();
  if (!value.is_table()) {
    std::ranges::fill(values, value.as_double());
  } else {
    const StaticProfile profile = Profiles::make(value, where);
    for_each_centre(grid, [&](std::size_t n, const Point& p) { values[n] = profile(p); });
  }
  require_finite_field(field, grid, where);
  return field;
}

}  // namespace marea
