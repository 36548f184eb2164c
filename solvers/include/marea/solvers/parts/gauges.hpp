// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/named.hpp>
#include <marea/io/options.hpp>
#include <marea/solvers/grid/grid.hpp>

namespace marea {

/// One point where a time series is kept.
struct Gauge {
  std::string name;
  std::vector<double> position;  ///< [x], [x, y] or [x, y, z]
};
template <class Visitor> void visit(Visitor&& v, Gauge& g) {
  v("name", g.name, {"of the series"});
  v("position", g.position, {"[x, y]", "m"});
}

/// The gauges of `[solver.gauges]` (name = [x, y]) or `[[solver.gauges]]` (name, position). Throws ConfigError for a
/// missing or repeated name, or a point outside the domain.
std::vector<Gauge> read_gauges(const OptionTree& tree, const Grid& grid);

/// What one gauge records beside the time: the columns of its table.
struct GaugeColumns {
  std::vector<std::string> names, units;
  /// After the columns stands 1 where a cell counts and 0 where it does not, as land beside water: a gauge is the mean
  /// of the cells around it that count, or of all where none does.
  bool some_count = false;
};

/// A cell that a gauge interpolates from, by the array indices of the state.
struct GaugeCorner {
  int k = 0, j = 0, i = 0;
  double weight = 0;
  bool mine = false;  ///< of this rank; the values of the others are zero here
};

namespace detail {

/// The values at all corners, from f(k, j, i, double* columns).
template <class F> struct RecordCorners {
  Kokkos::View<const GaugeCorner*, Device::memory_space> corners;
  Kokkos::View<double*, Device::memory_space> buffer;
  std::size_t row;
  int columns;
  F f;
  KOKKOS_INLINE_FUNCTION void operator()(int n) const {
    const GaugeCorner c = corners(n);
    if (c.mine) f(c.k, c.j, c.i, &buffer(row + static_cast<std::size_t>(n) * columns));
  }
};

}  // namespace detail

/// Time series of a few values of a cell, linear between the nearest cell centres that count, the same bits on any number of
/// ranks: each rank keeps the corners that it owns, the sum is made when somebody asks. Recorded where the solver
/// computes, in a buffer of many rows, which comes to the host when it is full or a table is asked for.
class GaugeRecorder {
 public:
  GaugeRecorder() = default;
  GaugeRecorder(std::vector<Gauge> gauges, GaugeColumns columns, const Grid& grid);

  bool empty() const { return gauges_.empty(); }
  /// Adds one row. `f(k, j, i, double* columns)` gives the values of a cell, on the device.
  template <class F> void record(double time, const F& f) {
    if (empty()) return;
    const detail::RecordCorners<F> kernel{corners_, buffer_, next_row(time), columns(), f};
    const int count = static_cast<int>(corners_.extent(0));
    if constexpr (device_is_host) {
      for (int n = 0; n < count; ++n) kernel(n);
    } else {
      Kokkos::parallel_for("gauges.record", Kokkos::RangePolicy<Device>(0, count), kernel);
    }
  }

  /// Whole series on rank 0: one table "gauge_<name>" each, columns time and those of the recorder. Collective.
  std::vector<Table> tables(const Grid& grid);
  /// Puts series of an earlier part of the run before what is recorded from now on.
  void set_tables(std::vector<Table> tables);

 private:
  static constexpr std::size_t buffered_rows = 512;
  int columns() const { return static_cast<int>(columns_.names.size()) + (columns_.some_count ? 1 : 0); }
  std::size_t row_size() const { return corners_.extent(0) * static_cast<std::size_t>(columns()); }
  std::size_t next_row(double time);
  /// Weights of a gauge's corners at one time, from the first of them and of their values.
  std::vector<double> weights_of(const GaugeCorner* corners, const double* row, std::size_t count) const;
  void flush();

  std::vector<Gauge> gauges_;
  GaugeColumns columns_;
  std::vector<GaugeCorner> corner_weights_;                          ///< as corners_, on the host
  Kokkos::View<GaugeCorner*, Device::memory_space> corners_;         ///< 2^dimensions a gauge
  Kokkos::View<double*, Device::memory_space> buffer_;               ///< (row, corner, column)
  std::size_t buffered_ = 0;                                         ///< rows in the buffer
  std::vector<double> times_, values_;                               ///< (time, corner, column)
  std::vector<Table> past_;
};

}  // namespace marea
