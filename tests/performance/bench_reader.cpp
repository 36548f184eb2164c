// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// Random samples from snapshot files: marea's data set and its batch loader against a raw HDF5 loop that keeps every
// dataset open and selects hyperslabs, into one buffer that stays in the processor's cache, and into new batches as a
// loader must. Prints JSON; speed_ratio is to the first. Files are read from the page cache.
#include <hdf5.h>
#include <mpi.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>

#include <marea/io/batch_loader.hpp>
#include <marea/io/dataset.hpp>
#include <marea/io/snapshot_writer.hpp>

#include "performance/support/interleave.hpp"

namespace {

using namespace marea;
namespace fs = std::filesystem;

constexpr std::int64_t extent = 64, files = 4, steps = 400;  // more than the chunk caches hold
constexpr int batch_size = 20;                               // divides the numbers of samples

GridInfo square_grid() {
  GridInfo grid;
  grid.block = {2, {extent, extent}, {0, 0}, {extent, extent}};
  grid.axis_names = {"y", "x"};
  grid.centres.assign(2, std::vector<double>(extent));
  for (std::int64_t i = 0; i < extent; ++i) grid.centres[0][i] = grid.centres[1][i] = static_cast<double>(i) + 0.5;
  grid.spacing = {1, 1};
  grid.boundary = {{"wall", "wall"}, {"wall", "wall"}};
  return grid;
}

/// Smooth fields: they compress as simulations do.
void write_runs(const fs::path& folder, int compression) {
  fs::create_directories(folder);
  SnapshotSchema schema;
  schema.dataset_name = "bench";
  schema.split = "train";
  schema.fields = {{.name = "eta", .units = "m"}, {.name = "h", .units = "m"}};
  schema.compression = compression;
  const GridInfo grid = square_grid();
  HostArray eta(DType::f32, {extent, extent}), h(DType::f32, {extent, extent});
  for (std::int64_t file = 0; file < files; ++file) {
    SnapshotWriter writer((folder / ("run_" + std::to_string(file) + ".h5")).string(), schema, grid,
                          SnapshotWriter::Mode::create);
    for (std::int64_t step = 0; step < steps; ++step) {
      for (std::int64_t i = 0; i < extent * extent; ++i) {
        const double phase =
            0.1 * static_cast<double>(i % extent + step) + 0.05 * static_cast<double>(i / extent + file);
        eta.values<float>()[i] = static_cast<float>(std::sin(phase));
        h.values<float>()[i] = static_cast<float>(10 + std::cos(phase));
      }
      writer.append(static_cast<double>(step), std::vector<NamedArray>{{"eta", eta.ref()}, {"h", h.ref()}});
    }
    writer.close();
  }
}

/// The peer: everything open, one hyperslab a field and step.
class RawLoop {
 public:
  explicit RawLoop(const fs::path& folder) {
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);  // as the data set has it: HDF5 refuses a second way
    for (std::int64_t file = 0; file < files; ++file) {
      ids_.push_back(H5Fopen((folder / ("run_" + std::to_string(file) + ".h5")).c_str(), H5F_ACC_RDONLY, access));
      for (const char* name : {"/t0_fields/eta", "/t0_fields/h"})
        datasets_.push_back(H5Dopen2(ids_.back(), name, H5P_DEFAULT));
    }
    H5Pclose(access);
    const hsize_t plane[2] = {extent, extent};
    memory_ = H5Screate_simple(2, plane, nullptr);
  }
  ~RawLoop() {
    H5Sclose(memory_);
    for (const hid_t dataset : datasets_) H5Dclose(dataset);
    for (const hid_t file : ids_) H5Fclose(file);
  }
  /// eta and h at `step` and at the next one.
  void read(std::int64_t file, std::int64_t step, float* in, float* out) const {
    for (int field = 0; field < 2; ++field) {
      plane(datasets_[2 * file + field], step, in + field * extent * extent);
      plane(datasets_[2 * file + field], step + 1, out + field * extent * extent);
    }
  }

 private:
  void plane(hid_t dataset, std::int64_t step, float* values) const {
    const hsize_t start[4] = {0, static_cast<hsize_t>(step), 0, 0}, count[4] = {1, 1, extent, extent};
    const hid_t space = H5Dget_space(dataset);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, count, nullptr);
    if (H5Dread(dataset, H5T_NATIVE_FLOAT, memory_, space, H5P_DEFAULT, values) < 0) std::abort();
    H5Sclose(space);
  }
  std::vector<hid_t> ids_, datasets_;
  hid_t memory_ = -1;
};

nlohmann::ordered_json compare(int compression, int samples, int rounds) {
  const fs::path folder = fs::temp_directory_path() / ("marea_bench_reader_" + std::to_string(compression));
  write_runs(folder, compression);
  nlohmann::ordered_json report;
  {
    DatasetOptions options;
    options.folder = folder.string();
    options.inputs = options.outputs = {"eta", "h"};
    const Dataset data(options, "train");
    const RawLoop raw(folder);
    std::mt19937_64 random(1);
    std::vector<std::int64_t> order(samples);
    for (auto& sample : order) sample = static_cast<std::int64_t>(random() % data.size());
    const HostArray in(DType::f32, {2, extent, extent}), out(DType::f32, {2, extent, extent});
    std::vector<std::int64_t> raw_file;  // of each run: the data set sorts by name
    for (const Run& run : data.runs()) raw_file.push_back(std::stoll(fs::path(run.file).stem().string().substr(4)));
    report = bench::interleave({{"raw HDF5 loop",
                                 [&] {
                                   for (const auto s : order)
                                     raw.read(raw_file[data.run_of(s)], data.step_of(s), in.values<float>().data(),
                                              out.values<float>().data());
                                 }},
                                {"raw HDF5 loop, fresh memory a batch",
                                 [&] {
                                   for (std::size_t begin = 0; begin < order.size(); begin += batch_size) {
                                     const HostArray to(DType::f32, {batch_size, 4, extent, extent});
                                     for (std::int64_t b = 0; b < batch_size; ++b) {
                                       const auto s = order[begin + static_cast<std::size_t>(b)];
                                       float* sample = to.values<float>().data() + b * 4 * extent * extent;
                                       raw.read(raw_file[data.run_of(s)], data.step_of(s), sample,
                                                sample + 2 * extent * extent);
                                     }
                                   }
                                 }},
                                {"marea::Dataset",
                                 [&] {
                                   for (const auto s : order) data.read(s, in.ref(), out.ref());
                                 }},
                                {"marea::BatchLoader",
                                 [&] {
                                   BatchLoader loader(data, order, batch_size);
                                   BatchLoader::Batch batch = loader.next();
                                   while (batch.size > 0) batch = loader.next(std::move(batch));
                                 }}},
                               rounds);
  }
  fs::remove_all(folder);
  for (auto& contender : report["contenders"])
    contender["samples_per_s"] = samples / contender["seconds"].get<double>();
  return report;
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const int rounds = argc > 1 ? std::stoi(argv[1]) : 7;
  nlohmann::ordered_json report;
  report["sample"] = "2 fields in, 2 out, 64 x 64, f32; 4 files of 400 snapshots";
  report["deflate_1"] = compare(1, 1000, rounds);
  report["uncompressed"] = compare(0, 4000, rounds);
  std::cout << report.dump(2) << '\n';
  MPI_Finalize();
}
