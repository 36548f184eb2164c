// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <string>
#include <vector>

#include <marea/io/named.hpp>
#include <marea/io/options.hpp>
#include <marea/solvers/grid/grid.hpp>

namespace marea::shallow_water {

/// One point where a time series is kept.
struct Gauge {
  std::string name;
  std::array<double, 2> position{};  ///< [x, y]
};
template <class Visitor> void visit(Visitor&& v, Gauge& g) {
  v("name", g.name, {"of the series"});
  v("position", g.position, {"[x, y]", "m"});
}

/// The gauges of `[solver.gauges]` (name = [x, y]) or `[[solver.gauges]]` (name, position). Throws ConfigError for a
/// missing or repeated name, or a point outside the domain.
std::vector<Gauge> read_gauges(const OptionTree& tree, const GridOptions& grid);

/// Time series of surface elevation and velocity, bilinear between the four nearest cell centres, the same bits on
/// any number of ranks: each rank keeps the corners that it owns, the sum is made when somebody asks.
class GaugeRecorder {
 public:
  GaugeRecorder() = default;
  GaugeRecorder(std::vector<Gauge> gauges, const Grid& grid);

  bool empty() const { return gauges_.empty(); }
  /// Adds one row. `cell(j, i)` gives {eta, u, v} of an interior cell of this rank, local indices without ghosts.
  template <class Cell> void record(double time, Cell&& cell) {
    if (empty()) return;
    times_.push_back(time);
    for (const Corner& c : corners_) {
      const std::array<double, 3> values = c.mine ? cell(c.j, c.i) : std::array<double, 3>{};
      values_.insert(values_.end(), values.begin(), values.end());
    }
  }

  /// Whole series on rank 0: one table "gauge_<name>" each, columns time, eta, u, v. Collective.
  std::vector<Table> tables(const Grid& grid) const;
  /// Puts series of an earlier part of the run before what is recorded from now on.
  void set_tables(std::vector<Table> tables);
  /// Local corner cells in use, (j, i): where the values are read.
  struct Corner {
    int j = 0, i = 0;
    double weight = 0;
    bool mine = false;
  };
  const std::vector<Corner>& corners() const { return corners_; }

 private:
  std::vector<Gauge> gauges_;
  std::vector<Corner> corners_;        ///< four a gauge
  std::vector<double> times_, values_; ///< (time, corner, 3)
  std::vector<Table> past_;
};

}  // namespace marea::shallow_water
