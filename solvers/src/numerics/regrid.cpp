// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/regrid.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <sstream>
#include <utility>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/io/field_file.hpp>

namespace marea {

namespace {

/// A value on the grid as a weighted mean of the file's values along one axis.
using Stencil = std::vector<std::pair<std::int64_t, double>>;  ///< index and weight; the weights sum to 1

/// The file's coordinates along one axis, rising.
class Axis {
 public:
  explicit Axis(const std::vector<double>& x) : x_(x) {}

  /// Mean distance of two points; 0 for a single one.
  double spacing() const { return x_.size() > 1 ? (x_.back() - x_.front()) / static_cast<double>(x_.size() - 1) : 0; }

  /// Adds `weight` times the linear interpolant at x, which is constant beyond the ends.
  void add_point(Stencil& stencil, double x, double weight) const {
    const auto upper = std::upper_bound(x_.begin(), x_.end(), x) - x_.begin();
    const auto last = static_cast<std::int64_t>(x_.size()) - 1;
    const std::int64_t below = std::max<std::int64_t>(upper - 1, 0), above = std::min<std::int64_t>(upper, last);
    const double share = above > below ? (x - x_[below]) / (x_[above] - x_[below]) : 0.0;
    add(stencil, below, weight * (1 - share));
    if (share > 0) add(stencil, above, weight * share);
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

  const std::vector<double>& x_;
};

/// One stencil a cell of the whole grid along an axis.
std::vector<Stencil> stencils(const Axis& file, const GridInfo& grid, std::size_t axis, const std::string& method) {
  std::vector<Stencil> result(grid.centres[axis].size());
  const bool wide = grid.spacing[axis] > file.spacing() * (1 + 1e-6);
  const bool mean = method == "mean" || (method == "auto" && wide);
  for (std::size_t n = 0; n < result.size(); ++n) {
    const double x = grid.centres[axis][n], half = 0.5 * grid.spacing[axis];
    if (mean) result[n] = file.mean(x - half, x + half);
    else file.add_point(result[n], x, 1.0);
  }
  return result;
}

std::vector<Stencil> same_cells(std::int64_t count) {
  std::vector<Stencil> result(static_cast<std::size_t>(count));
  for (std::int64_t n = 0; n < count; ++n) result[static_cast<std::size_t>(n)] = {{n, 1.0}};
  return result;
}

std::string range(const std::vector<double>& x) {
  std::ostringstream text;
  text << x.front() << " … " << x.back();
  return text.str();
}

/// The outermost centres must lie within the file, or beyond it by at most half of the file's own spacing.
void check_coverage(const FieldFile& file, const GridInfo& grid, std::size_t axis, bool beyond_ends) {
  const std::vector<double>&x = file.centres[axis], &cells = grid.centres[axis];
  const std::size_t n = x.size();
  const double low = n > 1 ? 0.5 * (x[1] - x[0]) : 0, high = n > 1 ? 0.5 * (x[n - 1] - x[n - 2]) : 0;
  const double rounding = 1e-9 * (std::abs(x[0]) + std::abs(x[n - 1]));
  const bool covered = cells.front() >= x.front() - low - rounding && cells.back() <= x.back() + high + rounding;
  if (covered || beyond_ends) return;
  fail<DataError>(file.where, "its ", grid.axis_names[axis], " = ", range(x), " does not cover the cell centres ",
                  grid.axis_names[axis], " = ", range(cells), " [", grid.length_unit,
                  "]; move one of them, or take the file's outermost values with extrapolate = \"nearest\"");
}

/// regrid = "none": each of the file's points must lie in its cell.
void check_same_cells(const FieldFile& file, const GridInfo& grid, std::size_t axis) {
  const std::vector<double>&x = file.centres[axis], &cells = grid.centres[axis];
  const double half = 0.5 * grid.spacing[axis] * (1 + 1e-6);
  for (std::size_t n = 0; n < x.size(); ++n)
    if (!(std::abs(x[n] - cells[n]) <= half))
      fail<DataError>(file.where, "its ", grid.axis_names[axis], " = ", range(x), " is not the grid's ", range(cells),
                      " [", grid.length_unit, "], which regrid = \"none\" takes for granted; use \"linear\" or \"mean\"");
}

/// Throws DataError where a value that some cell of the whole grid needs is missing or not finite.
void check_gaps(const FieldFile& file, const std::vector<std::vector<Stencil>>& along) {
  std::vector<std::vector<std::int64_t>> needed(along.size());
  for (std::size_t a = 0; a < along.size(); ++a) {
    std::vector<bool> used(static_cast<std::size_t>(file.values.extents()[a]), false);
    for (const Stencil& stencil : along[a])
      for (const auto& [index, weight] : stencil) used[static_cast<std::size_t>(index)] = true;
    for (std::size_t n = 0; n < used.size(); ++n)
      if (used[n]) needed[a].push_back(static_cast<std::int64_t>(n));
  }
  const auto values = file.values.values<double>();
  std::int64_t gaps = 0, asked = 0;
  std::vector<std::int64_t> index(along.size()), first;
  double found = 0;
  const std::function<void(std::size_t, std::int64_t)> look = [&](std::size_t a, std::int64_t base) {
    for (const std::int64_t n : needed[a]) {
      index[a] = n;
      const std::int64_t at = base * file.values.extents()[a] + n;
      if (a + 1 < along.size()) {
        look(a + 1, at);
        continue;
      }
      ++asked;
      const double value = values[static_cast<std::size_t>(at)];
      if (std::isfinite(value)) continue;
      if (gaps++ == 0) first = index, found = value;
    }
  };
  look(0, 0);
  if (gaps == 0) return;
  fail<DataError>(file.where, gaps, " of the ", asked, " values that the grid needs are missing or not finite",
                  file.gap_rule.empty() ? "" : " (" + file.gap_rule + ")", "; the first is ", found, " at ",
                  file.place(first), ". Fill them in the file, or with `missing = NUMBER` beside `file`");
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
                             const Regrid& how) {
  const FieldExpectation expected{.axis_names = grid.axis_names, .length_unit = grid.length_unit, .units = how.units,
                                  .missing = how.missing, .component = how.component};
  const FieldFile file = read_field_file(path, dataset, expected);
  const auto extents = file.values.extents();
  const Block& block = grid.block;
  std::vector<std::vector<Stencil>> along(extents.size());
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    if (how.method != "none" && !file.centres.empty()) {
      check_coverage(file, grid, axis, how.beyond_ends);
      along[axis] = stencils(Axis(file.centres[axis]), grid, axis, how.method);
      continue;
    }
    if (extents[axis] != block.global[axis]) {
      fail<ShapeError>(file.where, "has ", extents[axis], " values along ", grid.axis_names[axis], ", the grid has ",
                       block.global[axis], " cells; give the file x and y and use regrid = \"mean\" or \"linear\"");
    }
    if (!file.centres.empty()) check_same_cells(file, grid, axis);
    along[axis] = same_cells(block.global[axis]);
  }
  check_gaps(file, along);
  const auto values = file.values.values<double>();
  HostArray result(DType::f64, std::span(block.extent.data(), extents.size()));
  const auto out = result.values<double>();
  std::size_t n = 0;
  // One loop an axis: where all indices of the leading ones are chosen, the last gives a cell.
  std::vector<const Stencil*> chosen(extents.size());
  const std::function<double(std::size_t, std::int64_t)> value = [&](std::size_t axis, std::int64_t base) -> double {
    if (axis == extents.size()) return values[static_cast<std::size_t>(base)];
    return apply(*chosen[axis], [&](std::int64_t i) { return value(axis + 1, base * extents[axis] + i); });
  };
  const std::function<void(std::size_t)> fill = [&](std::size_t axis) {
    for (std::int64_t i = 0; i < block.extent[axis]; ++i) {
      chosen[axis] = &along[axis][static_cast<std::size_t>(block.offset[axis] + i)];
      if (axis + 1 < extents.size()) fill(axis + 1);
      else out[n++] = value(0, 0);
    }
  };
  fill(0);
  return result;
}

}  // namespace marea
