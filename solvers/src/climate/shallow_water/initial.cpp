// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water/initial.hpp>

#include <algorithm>

#include <marea/io/hdf5.hpp>
#include <marea/solvers/climate/shallow_water/profiles.hpp>
#include <marea/solvers/parts/static_field.hpp>

namespace marea::shallow_water {

namespace {

std::vector<HostArray> initial_from_file(const OptionTree& table, const HostArray& bed, const Grid& grid) {
  FileOptions options;
  read_options(options, table, "initial");
  const hdf5::File file(options.file, hdf5::Access::read);
  const bool elevation = file.has("eta");
  std::vector<HostArray> fields{field_from_file(options, elevation ? "eta" : "h", grid)};
  const auto h = fields[0].values<double>(), b = bed.values<double>();
  for (std::size_t n = 0; n < h.size(); ++n) h[n] = std::max(0.0, elevation ? h[n] - b[n] : h[n]);
  for (const char* name : {"hu", "hv"})
    fields.push_back(file.has(name) ? field_from_file(options, name, grid) : cells_of(grid));
  return fields;
}

}  // namespace

std::vector<HostArray> read_initial(const OptionTree& initial, double gravity, const HostArray& bed, const Grid& grid) {
  if (initial.find("file")) return initial_from_file(initial, bed, grid);
  const InitialProfile profile = InitialProfiles::make(initial, "initial", gravity);
  std::vector<HostArray> fields{cells_of(grid), cells_of(grid), cells_of(grid)};
  const auto h = fields[0].values<double>(), hu = fields[1].values<double>(), hv = fields[2].values<double>(),
             b = bed.values<double>();
  for_each_centre(grid, [&](std::size_t n, const Point& place) {
    const InitialPoint p = profile(place[0], place[1], b[n]);
    h[n] = std::max(0.0, p.eta - b[n]);
    hu[n] = h[n] * p.u;
    hv[n] = h[n] * p.v;
  });
  for (const HostArray& field : fields) require_finite_field(field, grid, "initial");
  return fields;
}

}  // namespace marea::shallow_water
