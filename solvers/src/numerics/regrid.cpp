// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/regrid.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/io/snapshot_reader.hpp>

namespace marea {

namespace {

/// A value on the grid as a weighted mean of the file's values along one axis.
using Stencil = std::vector<std::pair<std::int64_t, double>>;  ///< index and weight; the weights sum to 1

/// The file's coordinates along one axis, rising.
class Axis {
 public:
  Axis(std::vector<double> x, const std::string& where) : falls_(x.size() > 1 && x.back() < x.front()), x_(std::move(x)) {
    if (falls_) std::reverse(x_.begin(), x_.end());
    if (std::adjacent_find(x_.begin(), x_.end(), std::greater_equal<>()) != x_.end()) {
      fail<DataError>(where, "the coordinates must rise or fall strictly");
    }
  }

  /// Adds `weight` times the linear interpolant at x, which is constant beyond the ends.
  void add_point(Stencil& stencil, double x, double weight) const {
    const auto upper = std::upper_bound(x_.begin(), x_.end(), x) - x_.begin();
    const auto last = static_cast<std::int64_t>(x_.size()) - 1;
    const std::int64_t below = std::max<std::int64_t>(upper - 1, 0), above = std::min<std::int64_t>(upper, last);
    const double share = above > below ? (x - x_[below]) / (x_[above] - x_[below]) : 0.0;
    add(stencil, falls_ ? last - below : below, weight * (1 - share));
    if (share > 0) add(stencil, falls_ ? last - above : above, weight * share);
  }

  /// The mean of the linear interpolant from `low` to `high`: between two of the file's values it is the value midway.
  Stencil mean(double low, double high) const {
    Stencil stencil;
    for (double x = low; x < high;) {
      const auto next = std::upper_bound(x_.begin(), x_.end(), x);
      const double end = next == x_.end() ? high : std::min(*next, high);
      add_point(stencil, 0.5 * (x + end), (end - x) / (high - low));
      x = end;
    }
    return stencil;
  }

 private:
  static void add(Stencil& stencil, std::int64_t index, double weight) {
    const auto found = std::find_if(stencil.begin(), stencil.end(), [&](const auto& one) { return one.first == index; });
    if (found != stencil.end()) found->second += weight;
    else stencil.emplace_back(index, weight);
  }

  bool falls_;
  std::vector<double> x_;
};

/// One stencil a cell of this rank's block along an axis.
std::vector<Stencil> stencils(const Axis& file, const GridInfo& grid, int axis, const std::string& regrid) {
  std::vector<Stencil> result(grid.block.extent[axis]);
  for (std::size_t n = 0; n < result.size(); ++n) {
    const double x = grid.centres[axis][grid.block.offset[axis] + n], half = 0.5 * grid.spacing[axis];
    if (regrid == "mean") result[n] = file.mean(x - half, x + half);
    else file.add_point(result[n], x, 1.0);
  }
  return result;
}

std::vector<Stencil> same_cells(std::int64_t offset, std::int64_t count) {
  std::vector<Stencil> result(count);
  for (std::int64_t n = 0; n < count; ++n) result[n] = {{offset + n, 1.0}};
  return result;
}

/// The weighted mean of values(index), exact for a constant.
template <class Values> double apply(const Stencil& stencil, Values&& values) {
  const double first = values(stencil.front().first);
  double sum = first;
  for (std::size_t k = 1; k < stencil.size(); ++k) sum += stencil[k].second * (values(stencil[k].first) - first);
  return sum;
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
    if (regrid != "none" && !file.centres.empty()) {
      along[axis] = stencils(Axis(file.centres[axis], where), grid, axis, regrid);
      continue;
    }
    if (extents[axis] != block.global[axis]) {
      fail<ShapeError>(where, "has ", extents[axis], " values along ", grid.axis_names[axis], ", the grid has ",
                       block.global[axis], " cells; give the file x and y and use regrid = \"mean\" or \"linear\"");
    }
    along[axis] = same_cells(block.offset[axis], block.extent[axis]);
  }
  const auto values = file.values.values<double>();
  HostArray result(DType::f64, {block.extent[0], block.extent[1]});
  const auto out = result.values<double>();
  std::size_t n = 0;
  for (const Stencil& y : along[0]) {
    for (const Stencil& x : along[1]) {
      out[n++] = apply(y, [&](std::int64_t j) {
        return apply(x, [&](std::int64_t i) { return values[j * extents[1] + i]; });
      });
    }
  }
  return result;
}

}  // namespace marea
