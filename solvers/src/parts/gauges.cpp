// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/parts/gauges.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>

#include <marea/io/error.hpp>

namespace marea {
namespace {

constexpr const char* axis_letters[] = {"z", "y", "x"};

/// "[x, y]" of numbers.
std::string text(const std::vector<double>& position) {
  std::ostringstream all;
  for (const double p : position) all << (all.tellp() > 0 ? ", " : "[") << p;
  all << "]";
  return all.str();
}

void check_position(const Gauge& gauge, const Grid& grid) {
  const auto dimensions = static_cast<std::size_t>(grid.dimensions);
  if (gauge.position.size() != dimensions)
    fail<ConfigError>("solver.gauges", gauge.name, " = ", text(gauge.position), " must be an array of ", dimensions,
                      " values");
  bool inside = true;
  std::string domain;
  for (std::size_t n = 0; n < dimensions; ++n) {
    const int axis = 2 - static_cast<int>(n);
    const double low = grid.cells.low[axis],
                 high = (axis == 2 ? grid.options.x : axis == 1 ? grid.options.y : grid.options.z)[1];
    inside = inside && gauge.position[n] >= low && gauge.position[n] <= high;
    domain += (domain.empty() ? "" : " x ") + text({low, high});
  }
  if (!inside)
    fail<ConfigError>("solver.gauges", gauge.name, " = ", text(gauge.position), " must lie in the domain ", domain);
}

/// The corner `n` of a point's cell of centres: bit by bit the lower or upper neighbour along the axes of the grid.
GaugeCorner corner_of(const Gauge& gauge, int n, const Grid& grid) {
  const Cells& cells = grid.cells;
  GaugeCorner corner;
  corner.weight = 1;
  corner.mine = true;
  int* index[] = {&corner.k, &corner.j, &corner.i};
  for (int axis = 3 - grid.dimensions; axis < 3; ++axis) {
    const double place = (gauge.position[2 - axis] - cells.low[axis]) / cells.spacing[axis] - 0.5;
    const std::int64_t count = cells.global[axis];
    auto below = static_cast<std::int64_t>(std::floor(place));
    const bool periodic = grid.boundary[axis][0] == BoundaryKind::periodic;
    if (!periodic) below = std::clamp<std::int64_t>(below, 0, std::max<std::int64_t>(count - 2, 0));
    const double share = std::clamp(place - static_cast<double>(below), 0.0, 1.0);
    const bool upper = (n >> (2 - axis)) & 1;
    const std::int64_t cell = periodic ? (below + upper + count) % count : std::min(below + upper, count - 1);
    const std::int64_t local = cell - cells.offset[axis];
    corner.mine = corner.mine && local >= 0 && local < cells.count(axis);
    corner.weight *= upper ? share : 1 - share;
    *index[axis] = cells.begin[axis] + static_cast<int>(local);
  }
  return corner;
}

}  // namespace

std::vector<Gauge> read_gauges(const OptionTree& tree, const Grid& grid) {
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
    if (g.name.empty()) fail<ConfigError>("solver.gauges", "gauge ", n, " needs a name");
    check_position(g, grid);
    const auto same = [&](const Gauge& other) { return other.name == g.name; };
    if (std::any_of(gauges.begin(), gauges.begin() + static_cast<std::ptrdiff_t>(n), same))
      fail<ConfigError>("solver.gauges", "the name ", g.name, " stands twice");
  }
  return gauges;
}

GaugeRecorder::GaugeRecorder(std::vector<Gauge> gauges, GaugeColumns columns, const Grid& grid)
    : gauges_(std::move(gauges)), columns_(std::move(columns)) {
  if (gauges_.empty()) return;
  for (const Gauge& gauge : gauges_)
    for (int n = 0; n < 1 << grid.dimensions; ++n) corner_weights_.push_back(corner_of(gauge, n, grid));
  corners_ = decltype(corners_)("gauges.corners", corner_weights_.size());
  const auto host = host_mirror(corners_);
  std::copy(corner_weights_.begin(), corner_weights_.end(), host.data());
  Kokkos::deep_copy(corners_, host);
  buffer_ = decltype(buffer_)("gauges.rows", buffered_rows * row_size());  // zeros, where other ranks' corners are
}

std::size_t GaugeRecorder::next_row(double time) {
  if (buffered_ == buffered_rows) flush();
  times_.push_back(time);
  return buffered_++ * row_size();
}

void GaugeRecorder::flush() {
  const auto host = host_mirror_and_copy(buffer_);
  values_.insert(values_.end(), host.data(), host.data() + buffered_ * row_size());
  buffered_ = 0;
}

std::vector<double> GaugeRecorder::weights_of(const GaugeCorner* corners, const double* row, std::size_t count) const {
  const auto width = static_cast<std::size_t>(columns());
  std::vector<double> weights(count);
  for (std::size_t n = 0; n < count; ++n) weights[n] = corners[n].weight;
  if (!columns_.some_count) return weights;
  double counted = 0, left_out = 0;
  for (std::size_t n = 0; n < count; ++n) (row[n * width + width - 1] > 0 ? counted : left_out) += weights[n];
  if (!(counted > 0 && left_out > 0)) return weights;
  for (std::size_t n = 0; n < count; ++n) weights[n] = row[n * width + width - 1] > 0 ? weights[n] / counted : 0;
  return weights;
}

std::vector<Table> GaugeRecorder::tables(const Grid& grid) {
  if (empty()) return {};
  flush();
  // Every corner is one rank's, the others add zeros: the sum is exact in any order.
  std::vector<double> all(values_.size());
  MPI_Reduce(values_.data(), all.data(), static_cast<int>(values_.size()), MPI_DOUBLE, MPI_SUM, 0, grid.info.comm);
  if (grid.rank != 0) return {};
  const std::size_t corners = std::size_t{1} << grid.dimensions, width = static_cast<std::size_t>(columns());
  std::vector<Table> tables;
  for (std::size_t g = 0; g < gauges_.size(); ++g) {
    Table table{"gauge_" + gauges_[g].name, {"time"}, {grid.info.time_unit}, {}, {}};
    table.columns.insert(table.columns.end(), columns_.names.begin(), columns_.names.end());
    table.units.insert(table.units.end(), columns_.units.begin(), columns_.units.end());
    for (int n = 0; n < grid.dimensions; ++n) table.attributes[axis_letters[2 - n]] = gauges_[g].position[n];
    for (const Table& past : past_) {
      if (past.name == table.name) table.values = past.values;
    }
    for (std::size_t t = 0; t < times_.size(); ++t) {
      table.values.push_back(times_[t]);
      const double* row = &all[(t * corner_weights_.size() + corners * g) * width];
      const std::vector<double> weights = weights_of(&corner_weights_[corners * g], row, corners);
      for (std::size_t column = 0; column < columns_.names.size(); ++column) {
        double value = 0;
        for (std::size_t n = 0; n < corners; ++n) value += weights[n] * row[n * width + column];
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
  buffered_ = 0;
}

}  // namespace marea
