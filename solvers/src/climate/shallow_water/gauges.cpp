// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water/gauges.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace marea::shallow_water {

std::vector<Gauge> read_gauges(const OptionTree& tree, const GridOptions& grid) {
  std::vector<Gauge> gauges;
  if (tree.is_table()) {
    for (const auto& [name, position] : tree.as_table()) {
      Gauge gauge{name, {}};
      detail::read_value(gauge.position, position, {"solver.gauges", name});
      gauges.push_back(gauge);
    }
  } else if (!tree.empty()) {
    detail::read_value(gauges, tree, {"solver", "gauges"});
  }
  for (std::size_t n = 0; n < gauges.size(); ++n) {
    const Gauge& g = gauges[n];
    const auto [x, y] = g.position;
    if (g.name.empty()) fail<ConfigError>("solver.gauges", "gauge ", n, " needs a name");
    if (!(x >= grid.x[0] && x <= grid.x[1] && y >= grid.y[0] && y <= grid.y[1])) {
      fail<ConfigError>("solver.gauges", g.name, " = [", x, ", ", y, "] must lie in the domain [", grid.x[0], ", ",
                        grid.x[1], "] x [", grid.y[0], ", ", grid.y[1], "]");
    }
    const auto same = [&](const Gauge& other) { return other.name == g.name; };
    if (std::any_of(gauges.begin(), gauges.begin() + n, same)) {
      fail<ConfigError>("solver.gauges", "the name ", g.name, " stands twice");
    }
  }
  return gauges;
}

GaugeRecorder::GaugeRecorder(std::vector<Gauge> gauges, const Grid& grid) : gauges_(std::move(gauges)) {
  const Cells& cells = grid.cells;
  for (const Gauge& g : gauges_) {
    // Index of the cell centre below the point and the share of the one above, kept inside the grid.
    const auto split = [&](double position, int axis) {
      const double index = (position - cells.low[axis]) / cells.spacing[axis] - 0.5;
      const auto below = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(index)), 0,
                                                  std::max<std::int64_t>(cells.global[axis] - 2, 0));
      return std::pair{below, std::clamp(index - static_cast<double>(below), 0.0, 1.0)};
    };
    const auto [i, x] = split(g.position[0], 2);
    const auto [j, y] = split(g.position[1], 1);
    for (int n = 0; n < 4; ++n) {
      const std::int64_t cj = std::min(j + n / 2, cells.global[1] - 1) - cells.offset[1];
      const std::int64_t ci = std::min(i + n % 2, cells.global[2] - 1) - cells.offset[2];
      const bool mine = cj >= 0 && cj < cells.count(1) && ci >= 0 && ci < cells.count(2);
      corners_.push_back({static_cast<int>(cj), static_cast<int>(ci), (n / 2 ? y : 1 - y) * (n % 2 ? x : 1 - x), mine});
    }
  }
}

std::vector<Table> GaugeRecorder::tables(const Grid& grid) const {
  if (empty()) return {};
  // Every corner is one rank's, the others add zeros: the sum is exact in any order.
  std::vector<double> all(values_.size());
  MPI_Reduce(values_.data(), all.data(), static_cast<int>(values_.size()), MPI_DOUBLE, MPI_SUM, 0, grid.info.comm);
  if (grid.rank != 0) return {};
  std::vector<Table> tables;
  for (std::size_t g = 0; g < gauges_.size(); ++g) {
    Table table{"gauge_" + gauges_[g].name, {"time", "eta", "u", "v"}, {"s", "m", "m s-1", "m s-1"}, {}, {}};
    table.attributes["x"] = gauges_[g].position[0];
    table.attributes["y"] = gauges_[g].position[1];
    for (const Table& past : past_) {
      if (past.name == table.name) table.values = past.values;
    }
    for (std::size_t t = 0; t < times_.size(); ++t) {
      table.values.push_back(times_[t]);
      for (int field = 0; field < 3; ++field) {
        double value = 0;
        for (int n = 0; n < 4; ++n) {
          const std::size_t corner = 4 * g + n;
          value += corners_[corner].weight * all[(t * corners_.size() + corner) * 3 + field];
        }
        table.values.push_back(value);
      }
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

void GaugeRecorder::set_tables(std::vector<Table> tables) {
  past_ = std::move(tables);
  times_.clear();
  values_.clear();
}

}  // namespace marea::shallow_water
