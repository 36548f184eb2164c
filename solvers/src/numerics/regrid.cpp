// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/regrid.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/io/snapshot_reader.hpp>

namespace marea {

namespace {

/// Between which two of the file's values a point lies, and how far.
struct Stencil {
  std::int64_t below = 0, above = 0;
  double share = 0;  ///< of `above`
};

/// One stencil a cell of this rank's block along one axis.
std::vector<Stencil> stencils(std::vector<double> source, const std::vector<double>& centres, std::int64_t offset,
                              std::int64_t count, const std::string& where) {
  const auto last = static_cast<std::int64_t>(source.size()) - 1;
  const bool falls = source.size() > 1 && source.back() < source.front();
  if (falls) std::reverse(source.begin(), source.end());
  if (std::adjacent_find(source.begin(), source.end(), std::greater_equal<>()) != source.end()) {
    fail<DataError>(where, "the coordinates must rise or fall strictly");
  }
  std::vector<Stencil> result(count);
  for (std::int64_t n = 0; n < count; ++n) {
    const double x = centres[offset + n];
    const std::int64_t upper = std::upper_bound(source.begin(), source.end(), x) - source.begin();
    Stencil s{std::max<std::int64_t>(upper - 1, 0), std::min(upper, last), 0};
    if (s.above > s.below) s.share = (x - source[s.below]) / (source[s.above] - source[s.below]);
    if (falls) s.below = last - s.below, s.above = last - s.above;
    result[n] = s;
  }
  return result;
}

std::vector<Stencil> same_cells(std::int64_t offset, std::int64_t count) {
  std::vector<Stencil> result(count);
  for (std::int64_t n = 0; n < count; ++n) result[n] = {offset + n, offset + n, 0};
  return result;
}

}  // namespace

HostArray read_field_on_grid(const std::string& path, const std::string& dataset, const GridInfo& grid,
                             const std::string& regrid) {
  const FieldFile file = read_field_file(path, dataset);
  const std::string where = path + ":" + dataset;
  const auto extents = file.values.extents();
  if (extents.size() != 2) fail<DataError>(where, "has ", extents.size(), " axes, must have two: [y, x]");
  const Block& block = grid.block;
  std::array<std::vector<Stencil>, 2> along;
  for (int axis = 0; axis < 2; ++axis) {
    if (regrid == "linear" && !file.centres.empty()) {
      along[axis] = stencils(file.centres[axis], grid.centres[axis], block.offset[axis], block.extent[axis], where);
      continue;
    }
    if (extents[axis] != block.global[axis]) {
      fail<ShapeError>(where, "has ", extents[axis], " values along ", grid.axis_names[axis], ", the grid has ",
                       block.global[axis], " cells; give the file x and y and use regrid = \"linear\"");
    }
    along[axis] = same_cells(block.offset[axis], block.extent[axis]);
  }
  const auto values = file.values.values<double>();
  HostArray result(DType::f64, {block.extent[0], block.extent[1]});
  const auto out = result.values<double>();
  std::size_t n = 0;
  for (const Stencil& y : along[0]) {
    const double *low = &values[y.below * extents[1]], *high = &values[y.above * extents[1]];
    for (const Stencil& x : along[1]) {
      const double south = low[x.below] + x.share * (low[x.above] - low[x.below]);
      const double north = high[x.below] + x.share * (high[x.above] - high[x.below]);
      out[n++] = south + y.share * (north - south);
    }
  }
  return result;
}

}  // namespace marea
