// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <filesystem>
#include <numbers>
#include <string>

#include <marea/io/host_array.hpp>
#include <marea/io/random.hpp>
#include <marea/io/snapshot_writer.hpp>

namespace marea::test {

/// Writes `runs` runs of `steps` snapshots of a field u on a periodic grid of 4 x 16 cells: waves of one and two
/// cycles along x with amplitudes and phases of their own, which move by `shift` cells a snapshot. The constants are
/// "sea_mask", 0 in the last row, "max_u", the maximum over time, and "min_u", the minimum, which the files do not say.
/// Of every four runs the third is for validation, the fourth for the test.
/// With `forced` the sea rises by a constant of each run at every snapshot, which the constant "forcing" tells.
inline void write_advected_runs(const std::string& folder, int runs = 8, int steps = 5, double shift = 2,
                                bool forced = false) {
  constexpr std::int64_t ny = 4, nx = 16;
  std::filesystem::create_directories(folder);
  for (int run = 0; run < runs; ++run) {
    GridInfo grid;
    grid.block = {.rank = 2, .global = {ny, nx}, .offset = {}, .extent = {ny, nx}};
    grid.axis_names = {"y", "x"};
    grid.spacing = {1, 1};
    grid.boundary = {{{"periodic", "periodic"}}, {{"periodic", "periodic"}}};
    grid.centres.resize(2);
    for (int j = 0; j < ny; ++j) grid.centres[0].push_back(j + 0.5);
    for (int i = 0; i < nx; ++i) grid.centres[1].push_back(i + 0.5);
    SnapshotSchema schema;
    schema.dataset_name = "advected";
    schema.split = run % 4 == 2 ? "valid" : run % 4 == 3 ? "test" : "train";
    schema.fields = {{.name = "u", .units = "m"}};
    schema.constants = {{.name = "sea_mask", .role = FieldRole::fixed},
                        {.name = "max_u", .units = "m", .role = FieldRole::diagnostic, .running = "maximum(u)"},
                        {.name = "min_u", .units = "m", .role = FieldRole::diagnostic}};

    const Random random(7, "test.waves", static_cast<std::uint64_t>(run));
    const HostArray u(DType::f64, {ny, nx}), mask(DType::f64, {ny, nx}), highest(DType::f64, {ny, nx});
    const HostArray lowest(DType::f64, {ny, nx}), forcing(DType::f64, {ny, nx});
    if (forced) schema.constants.push_back({.name = "forcing", .units = "m", .role = FieldRole::fixed});
    SnapshotWriter writer(folder + "/run_" + std::to_string(1000 + run) + ".h5", schema, grid,
                          SnapshotWriter::Mode::create);
    for (std::int64_t c = 0; c < u.size(); ++c) {
      mask.values<double>()[c] = c / nx < ny - 1 ? 1 : 0;
      highest.values<double>()[c] = -100;
      lowest.values<double>()[c] = 100;
      forcing.values<double>()[c] = forced ? (random.uniform(4) - 0.5) * mask.values<double>()[c] : 0;
    }
    writer.write_constant("sea_mask", mask.ref());
    for (int step = 0; step < steps; ++step) {
      for (std::int64_t c = 0; c < u.size(); ++c) {
        const double x = 2 * std::numbers::pi * (static_cast<double>(c % nx) + 0.5 - shift * step) / nx;
        const double value = (1 + random.uniform(0)) * std::sin(x + 6.3 * random.uniform(1)) +
                             random.uniform(2) * std::sin(2 * x + 6.3 * random.uniform(3));
        u.values<double>()[c] = value * mask.values<double>()[c] + step * forcing.values<double>()[c];
        highest.values<double>()[c] = std::max(highest.values<double>()[c], u.values<double>()[c]);
        lowest.values<double>()[c] = std::min(lowest.values<double>()[c], u.values<double>()[c]);
      }
      const NamedArray fields[] = {{"u", u.ref()}};
      writer.append(10.0 * step, fields);
    }
    writer.write_constant("max_u", highest.ref());
    writer.write_constant("min_u", lowest.ref());
    if (forced) writer.write_constant("forcing", forcing.ref());
    writer.close();
  }
}

/// Mean over the test samples of the relative L2 error of one prediction.
template <class Model, class Data>
double test_error(const Model& model, const Data& data) {
  const auto shape = [&](std::size_t channels) {
    std::vector<std::int64_t> extents{static_cast<std::int64_t>(channels)};
    extents.insert(extents.end(), data.info().extents.begin(), data.info().extents.end());
    return extents;
  };
  const HostArray in(DType::f32, shape(data.info().input_channels.size()));
  const HostArray out(DType::f32, shape(data.info().output_channels.size()));
  const HostArray predicted(DType::f32, out.extents());
  double sum = 0;
  for (std::int64_t s = 0; s < data.size(); ++s) {
    data.read(s, in.ref(), out.ref());
    model.predict(in.ref(), predicted.ref());
    double error = 0, size = 0;
    for (std::int64_t i = 0; i < out.size(); ++i) {
      const double t = out.values<float>()[i], e = predicted.values<float>()[i] - t;
      error += e * e;
      size += t * t;
    }
    sum += std::sqrt(error / size);
  }
  return sum / static_cast<double>(data.size());
}

}  // namespace marea::test
