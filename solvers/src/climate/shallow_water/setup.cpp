// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water/setup.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <marea/io/hdf5.hpp>
#include <marea/solvers/climate/shallow_water/profiles.hpp>
#include <marea/solvers/numerics/regrid.hpp>

namespace marea::shallow_water {

namespace {

/// Where a table takes its fields from a file.
struct FileOptions {
  std::string file, regrid = "linear";
};
template <class Visitor> void visit(Visitor&& v, FileOptions& o) {
  v("file", o.file, {"HDF5 file with one dataset a field, [ny, nx], and optional x and y"});
  v("regrid", o.regrid, {"onto this grid: linear at centres, mean over cells, or none where the file has this grid", "",
                           one_of({"linear", "mean", "none"})});
}

/// Calls use(n, x, y) for every cell of this rank.
template <class F> void for_each_centre(const GridInfo& grid, F&& use) {
  std::size_t n = 0;
  for (std::int64_t j = 0; j < grid.block.extent[0]; ++j) {
    for (std::int64_t i = 0; i < grid.block.extent[1]; ++i) {
      use(n++, grid.centres[1][grid.block.offset[1] + i], grid.centres[0][grid.block.offset[0] + j]);
    }
  }
}

HostArray cells_of(const GridInfo& grid) { return {DType::f64, {grid.block.extent[0], grid.block.extent[1]}}; }

void check_finite(const HostArray& field, const GridInfo& grid, const std::string& where) {
  const auto values = field.values<double>();
  const auto bad = std::find_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); });
  if (bad == values.end()) return;
  const auto n = bad - values.begin();
  fail<DataError>(where, "the value of cell (j = ", grid.block.offset[0] + n / grid.block.extent[1],
                  ", i = ", grid.block.offset[1] + n % grid.block.extent[1], ") is ", *bad, ", must be finite");
}

std::vector<HostArray> initial_from_file(const OptionTree& table, const HostArray& bed, const GridInfo& grid) {
  FileOptions options;
  read_options(options, table, "initial");
  const auto read = [&](const std::string& name) {
    HostArray field = read_field_on_grid(options.file, name, grid, options.regrid);
    check_finite(field, grid, options.file + ":" + name);
    return field;
  };
  const hdf5::File file(options.file, hdf5::Access::read);
  const bool elevation = file.has("eta");
  std::vector<HostArray> fields{read(elevation ? "eta" : "h")};
  const auto h = fields[0].values<double>(), b = bed.values<double>();
  for (std::size_t n = 0; n < h.size(); ++n) h[n] = std::max(0.0, elevation ? h[n] - b[n] : h[n]);
  for (const char* name : {"hu", "hv"}) fields.push_back(file.has(name) ? read(name) : cells_of(grid));
  return fields;
}

}  // namespace

HostArray read_bed(const OptionTree& bathymetry, const GridInfo& grid) {
  if (bathymetry.is_table() && bathymetry.find("file")) {
    FileOptions options;
    read_options(options, bathymetry, "solver.bathymetry");
    HostArray bed = read_field_on_grid(options.file, "bathymetry", grid, options.regrid);
    check_finite(bed, grid, options.file + ":bathymetry");
    return bed;
  }
  HostArray bed = cells_of(grid);
  const auto values = bed.values<double>();
  if (!bathymetry.is_table()) {
    std::fill(values.begin(), values.end(), bathymetry.as_double());
  } else {
    const BedProfile profile = make_bed_profile(bathymetry);
    for_each_centre(grid, [&](std::size_t n, double x, double y) { values[n] = profile(x, y); });
  }
  check_finite(bed, grid, "solver.bathymetry");
  return bed;
}

std::vector<HostArray> read_initial(const OptionTree& initial, double gravity, const HostArray& bed,
                                    const GridInfo& grid) {
  if (initial.find("file")) return initial_from_file(initial, bed, grid);
  static const OptionTree at_rest{OptionTree::Table{{"profile", OptionTree("lake_at_rest")}}};
  const InitialProfile profile = make_initial_profile(initial.as_table().empty() ? at_rest : initial, gravity);
  std::vector<HostArray> fields{cells_of(grid), cells_of(grid), cells_of(grid)};
  const auto h = fields[0].values<double>(), hu = fields[1].values<double>(), hv = fields[2].values<double>(),
             b = bed.values<double>();
  for_each_centre(grid, [&](std::size_t n, double x, double y) {
    const InitialPoint p = profile(x, y, b[n]);
    h[n] = std::max(0.0, p.eta - b[n]);
    hu[n] = h[n] * p.u;
    hv[n] = h[n] * p.v;
  });
  for (const HostArray& field : fields) check_finite(field, grid, "initial");
  return fields;
}

}  // namespace marea::shallow_water
