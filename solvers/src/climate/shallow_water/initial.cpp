// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water/initial.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include <marea/io/error.hpp>
#include <marea/io/field_file.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/log.hpp>
#include <marea/solvers/climate/shallow_water/profiles.hpp>
#include <marea/solvers/grid/reduce.hpp>
#include <marea/solvers/parts/static_field.hpp>

namespace marea::shallow_water {

namespace {

/// hu and hv, from h and what the file says of the flow; the datasets read are added to `used`.
std::vector<HostArray> flow_from_file(const hdf5::File& file, const FileOptions& options, std::span<const double> h,
                                      const Grid& grid, std::vector<std::string>& used) {
  const bool vector = file.has("velocity"), velocity = file.has("u") || file.has("v"),
             flux = file.has("hu") || file.has("hv");
  if (vector + velocity + flux > 1)
    fail<DataError>(options.file, "gives the flow twice; keep one of velocity, u and v, hu and hv");
  std::vector<HostArray> flow;
  if (vector) {
    used.emplace_back("velocity");
    for (const char* axis : {"x", "y"}) flow.push_back(field_from_file(options, {"velocity", "m s-1"}, grid, axis));
  } else if (velocity || flux) {
    const auto names = velocity ? std::array{"u", "v"} : std::array{"hu", "hv"};
    for (const char* name : names) {
      flow.push_back(field_from_file(options, {name, velocity ? "m s-1" : "m2 s-1"}, grid));
      used.emplace_back(name);
    }
  } else {
    flow = {cells_of(grid), cells_of(grid)};
  }
  if (!flux)
    for (const HostArray& field : flow) {
      const auto values = field.values<double>();
      for (std::size_t n = 0; n < values.size(); ++n) values[n] *= std::max(0.0, h[n]);
    }
  return flow;
}

std::vector<HostArray> initial_from_file(const OptionTree& table, const Options& solver, const HostArray& bed,
                                         const Grid& grid) {
  const FileOptions options = file_options(table, "initial");
  const hdf5::File file(options.file, hdf5::Access::read);
  std::vector<std::string> used = taken_by_solver(write_options(solver), options.file);
  const bool elevation = file.has("eta");
  if (elevation && file.has("h")) fail<DataError>(options.file, "holds both eta and h; keep one of them");
  used.emplace_back(elevation ? "eta" : "h");
  std::vector<HostArray> fields{field_from_file(options, {used.back(), "m"}, grid)};
  const auto h = fields[0].values<double>(), b = bed.values<double>();
  if (elevation)
    for (std::size_t n = 0; n < h.size(); ++n) h[n] = std::max(0.0, h[n] - b[n]);
  for (HostArray& field : flow_from_file(file, options, h, grid, used)) fields.push_back(std::move(field));
  require_all_used(options.file, used);
  return fields;
}

}  // namespace

std::vector<HostArray> read_initial(const OptionTree& initial, const Options& options, const HostArray& bed,
                                    const Grid& grid) {
  if (initial.find("file")) return initial_from_file(initial, options, bed, grid);
  const InitialProfile profile = InitialProfiles::make(initial, "initial", options.gravity);
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

void require_depth(const OptionTree& initial, const HostArray& field, const Grid& grid) {
  const auto h = field.values<double>();
  const Block& block = grid.info.block;
  double deepest = 0, first = static_cast<double>(block.global[0] * block.global[1]);
  for (const double depth : h) deepest = std::max(deepest, depth);
  const double least = -std::ldexp(max_over_ranks(grid, deepest), -23);
  double count = 0, lowest = 0;
  for (std::int64_t n = 0; n < std::ssize(h); ++n) {
    double& depth = h[static_cast<std::size_t>(n)];
    if (depth < least) {
      const std::int64_t j = block.offset[0] + n / block.extent[1], i = block.offset[1] + n % block.extent[1];
      first = std::min(first, static_cast<double>(j * block.global[1] + i));
      lowest = std::min(lowest, depth);
      ++count;
    }
    depth = std::max(0.0, depth);
  }
  lowest = min_over_ranks(grid, lowest);
  if (lowest == 0) return;
  const auto at = static_cast<std::int64_t>(min_over_ranks(grid, first));
  MPI_Allreduce(MPI_IN_PLACE, &count, 1, MPI_DOUBLE, MPI_SUM, grid.info.comm);
  const std::int64_t j = at / block.global[1], i = at % block.global[1];
  fail<DataError>(initial.find("file")->as_string() + ":/h", "the water's depth must be 0 or more, but is less in ",
                  count, " of ", block.global[0] * block.global[1], " cells, down to ", lowest,
                  " m; the first is cell j = ", j, ", i = ", i, " at y = ", grid.info.centres[0][j], ", x = ",
                  grid.info.centres[1][i], ". A surface elevation is called eta; else correct the file");
}

void warn_of_still_start(const OptionTree& initial, const Options& options, const std::vector<HostArray>& fields,
                         const HostArray& bed, const Grid& grid) {
  const auto h = fields[0].values<double>(), hu = fields[1].values<double>(), hv = fields[2].values<double>(),
             b = bed.values<double>();
  constexpr double none = std::numeric_limits<double>::infinity();
  double deepest = 0, flow = 0, low = none, high = -none, lowest_bed = none, highest_bed = -none;
  for (std::size_t n = 0; n < h.size(); ++n) {
    lowest_bed = std::min(lowest_bed, b[n]);
    highest_bed = std::max(highest_bed, b[n]);
    if (h[n] <= options.dry_depth) continue;
    deepest = std::max(deepest, h[n]);
    flow = std::max({flow, std::abs(hu[n]), std::abs(hv[n])});
    low = std::min(low, h[n] + b[n]);
    high = std::max(high, h[n] + b[n]);
  }
  deepest = max_over_ranks(grid, deepest);
  flow = max_over_ranks(grid, flow);
  low = min_over_ranks(grid, low);
  high = max_over_ranks(grid, high);
  lowest_bed = min_over_ranks(grid, lowest_bed);
  highest_bed = max_over_ranks(grid, highest_bed);
  const auto& boundary = grid.info.boundary;
  const bool inflow =
      std::ranges::any_of(boundary, [](const auto& ends) { return std::ranges::count(ends, "inflow") > 0; });
  if (inflow) return;
  if (deepest == 0) {
    log_warning("shallow_water: no cell is wet at the start: the bed lies from ", lowest_bed, " to ", highest_bed,
                " m, still water at 0; is its sign right (depths in a file: positive = \"down\")?");
    return;
  }
  const OptionTree* profile = initial.find("profile");
  const bool meant = !initial.find("file") && (!profile || profile->as_string() == "lake_at_rest");
  constexpr double smallest = 1e-8;  // of the depth
  if (!meant && flow == 0 && high - low <= smallest * deepest)
    log_warning("shallow_water: [initial] leaves the water at rest and flat, at ", low, " m: its wave lies outside x = ",
                grid.options.x[0], " … ", grid.options.x[1], ", y = ", grid.options.y[0], " … ", grid.options.y[1],
                " m, or on dry land");
}

}  // namespace marea::shallow_water
