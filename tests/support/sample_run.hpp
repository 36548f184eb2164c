// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <marea/io/host_array.hpp>
#include <marea/io/snapshot_writer.hpp>

namespace marea::test {

/// A made-up run on a grid of ny x nx cells, split over the ranks of `comm` in rows x columns: what snapshot files,
/// checkpoints and readers are tested with. Every value is a known function of step and global cell.
struct SampleRun {
  GridInfo grid;
  SnapshotSchema schema;

  explicit SampleRun(MPI_Comm comm, std::int64_t ny = 6, std::int64_t nx = 7) {
    int rank = 0, ranks = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    const int columns = ranks % 2 == 0 ? 2 : 1, rows = ranks / columns;
    const auto part = [](std::int64_t n, int parts, int index) {
      return std::pair{n * index / parts, n * (index + 1) / parts};
    };
    const auto [j0, j1] = part(ny, rows, rank / columns);
    const auto [i0, i1] = part(nx, columns, rank % columns);
    grid.comm = comm;
    grid.block = {.rank = 2, .global = {ny, nx}, .offset = {j0, i0}, .extent = {j1 - j0, i1 - i0}};
    grid.axis_names = {"y", "x"};
    grid.spacing = {50.0, 100.0};
    grid.boundary = {{{"wall", "open"}}, {{"periodic", "periodic"}}};
    grid.centres.resize(2);
    for (std::int64_t j = 0; j < ny; ++j) grid.centres[0].push_back(50.0 * (static_cast<double>(j) + 0.5));
    for (std::int64_t i = 0; i < nx; ++i) grid.centres[1].push_back(100.0 * (static_cast<double>(i) + 0.5));

    schema.dataset_name = "shallow_water";
    schema.split = "train";
    schema.fields = {{.name = "eta", .units = "m", .long_name = "surface elevation"},
                     {.name = "velocity", .units = "m s-1", .long_name = "velocity", .rank = 1, .cell_value = CellValue::sample}};
    schema.fields[0].standard_name = "sea_surface_height_above_mean_sea_level";
    schema.constants = {{.name = "bathymetry", .units = "m", .role = FieldRole::fixed},
                        {.name = "max_eta", .units = "m", .role = FieldRole::diagnostic,
                         .cell_value = CellValue::truncation, .running = "maximum(eta)"}};
    schema.parameters = {{"initial.height", 1.5, "m"}, {"initial.centre[0]", 2.0e4, "m"}};
    schema.config["solver"]["name"] = "shallow_water";
    schema.config["solver"]["cfl"] = 0.45;
  }

  /// eta (component 0), velocity x (1) and y (2), bathymetry (3), max_eta (4).
  static double value(int component, std::int64_t step, std::int64_t j, std::int64_t i) {
    const auto s = static_cast<double>(step), y = static_cast<double>(j), x = static_cast<double>(i);
    return std::sin(0.7 * s + 0.3 * y + 0.11 * x + component) + 10.0 * component;
  }

  /// This rank's block of one component, or of two as a last axis.
  HostArray block(int component, std::int64_t step, int components = 1) const {
    std::vector<std::int64_t> extents{grid.block.extent[0], grid.block.extent[1]};
    if (components > 1) extents.push_back(components);
    HostArray array(DType::f64, extents);
    auto* out = array.values<double>().data();
    for (std::int64_t j = 0; j < extents[0]; ++j)
      for (std::int64_t i = 0; i < extents[1]; ++i)
        for (int c = 0; c < components; ++c)
          *out++ = value(component + c, step, grid.block.offset[0] + j, grid.block.offset[1] + i);
    return array;
  }

  void append(SnapshotWriter& writer, std::int64_t step) const {
    const HostArray eta = block(0, step), velocity = block(1, step, 2);
    const std::vector<NamedArray> fields{{"eta", eta.ref()}, {"velocity", velocity.ref()}};
    writer.append(60.0 * static_cast<double>(step), fields);
  }

  /// A whole file: bathymetry, `steps` snapshots, max_eta, a gauge.
  void write(const std::string& path, std::int64_t steps,
             SnapshotWriter::Gather gather = SnapshotWriter::Gather::automatic) const {
    SnapshotWriter writer(path, schema, grid, SnapshotWriter::Mode::create, gather);
    writer.write_constant("bathymetry", block(3, 0).ref());
    for (std::int64_t step = 0; step < steps; ++step) append(writer, step);
    writer.write_constant("max_eta", block(4, 0).ref());
    writer.write_table(gauge());
    writer.close();
  }

  static Table gauge() {
    Table table{.name = "gauge_a", .columns = {"time", "eta"}, .units = {"s", "m"}, .values = {0, 0.5, 60, 0.25}};
    table.attributes["x"] = 150.0;
    return table;
  }
};

/// A made-up run of five members without space: the field u of member m is 10 m + step.
inline void write_member_run(const std::string& path, std::int64_t steps) {
  constexpr std::int64_t members = 5;
  GridInfo grid;
  grid.block = {.rank = 1, .global = {members}, .offset = {}, .extent = {members}};
  grid.axis_names = {"member"};
  grid.spacing = {1};
  grid.boundary = {{{"open", "open"}}};
  grid.centres = {{0, 1, 2, 3, 4}};
  grid.length_unit = "1";
  SnapshotSchema schema;
  schema.dataset_name = "members";
  schema.split = "train";
  schema.fields = {{.name = "u"}};
  SnapshotWriter writer(path, schema, grid, SnapshotWriter::Mode::create);
  HostArray u(DType::f64, {members});
  for (std::int64_t step = 0; step < steps; ++step) {
    for (std::int64_t m = 0; m < members; ++m) u.values<double>()[m] = static_cast<double>(10 * m + step);
    const NamedArray field{"u", u.ref()};
    writer.append(static_cast<double>(step), {&field, 1});
  }
  writer.close();
}

}  // namespace marea::test
