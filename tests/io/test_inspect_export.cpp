// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include <marea/io/checkpoint.hpp>
#include <marea/io/error.hpp>
#include <marea/io/export.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/inspect.hpp>
#include <marea/io/repair.hpp>
#include <marea/io/snapshot_reader.hpp>

#include "support/sample_run.hpp"
#include "support/shared_folder.hpp"

using namespace marea;
using test::SampleRun;
using test::SharedFolder;

namespace {

/// A run whose fields hold one step more than `time`: killed between the two.
void tear(const std::string& path) {
  hdf5::File file(path, hdf5::Access::write);
  hdf5::Dataset eta = file.open_dataset("eta");
  hdf5::Extents extents = eta.extents();
  ++extents[1];
  eta.resize(extents);
}

}  // namespace

TEST_CASE("a snapshot file is told from a checkpoint, plain fields and anything else") {
  const SharedFolder folder("inspect_kinds");
  const SampleRun run(MPI_COMM_SELF);
  run.write(folder.file("run.h5"), 2);
  const FileReport snapshot = inspect_file(folder.file("run.h5"));
  CHECK(snapshot.kind == "snapshot");
  CHECK(snapshot.whole);
  CHECK(snapshot.content.at_path("steps")->as_integer() == 2);
  CHECK(snapshot.content.at_path("cells.x")->as_integer() == 7);
  CHECK(snapshot.content.at_path("fields")->as_array()[0].as_string() == "eta [m]");
  CHECK(snapshot.content.at_path("cell_values.velocity")->as_string() == "sample");
  CHECK(snapshot.content.at_path("cell_values.max_eta")->as_string() == "truncation");
  CHECK_FALSE(snapshot.content.at_path("cell_values.eta"));

  CheckpointWriter writer(folder.file("checkpoints"), run.grid, 1.5, 3, run.schema.config);
  writer.write("h", run.block(0, 0).ref());
  const FileReport checkpoint = inspect_file(writer.commit());
  CHECK(checkpoint.kind == "checkpoint");
  CHECK(checkpoint.whole);
  CHECK(checkpoint.content.at_path("time")->as_double() == 1.5);

  hdf5::File(folder.file("depth.h5"), hdf5::Access::create).write_dataset("bathymetry", run.block(3, 0).ref());
  const FileReport fields = inspect_file(folder.file("depth.h5"));
  CHECK(fields.kind == "fields");
  CHECK(fields.content.at_path("fields.bathymetry")->as_array()[1].as_integer() == 7);

  std::ofstream(folder.file("note.txt")) << "not HDF5";
  const FileReport foreign = inspect_file(folder.file("note.txt"));
  CHECK(foreign.kind == "foreign");
  CHECK_FALSE(foreign.whole);
  CHECK_FALSE(foreign.problem.empty());
  CHECK_THROWS_AS(inspect_file(folder.file("none.h5")), IoError);
}

TEST_CASE("a torn tail is reported, does not show to readers, and is trimmed by repair") {
  const SharedFolder folder("repair_torn");
  const SampleRun run(MPI_COMM_SELF);
  const std::string path = folder.file("run.h5");
  run.write(path, 3);
  const std::string whole = test::bytes_of(path);
  CHECK_FALSE(repair_snapshot(path).changed());
  CHECK(test::bytes_of(path) == whole);

  tear(path);
  CHECK(SnapshotReader(path).times().size() == 3);
  const FileReport report = inspect_file(path);
  CHECK_FALSE(report.whole);
  CHECK(report.problem == "1 torn step(s) after the last whole one; marea repair trims them");
  const RepairResult result = repair_snapshot(path);
  CHECK(result.steps == 3);
  CHECK(result.torn_steps == 1);
  CHECK(hdf5::File(path, hdf5::Access::read).open_dataset("eta").extents()[1] == 3);
  CHECK(inspect_file(path).whole);
}

TEST_CASE("a file that ends before the end stated in its header is extended") {
  const SharedFolder folder("repair_short");
  const SampleRun run(MPI_COMM_SELF);
  const std::string path = folder.file("run.h5");
  run.write(path, 2);
  {
    hdf5::File file(path, hdf5::Access::write);  // the end of the file is space that nothing uses
    hdf5::Dataset dataset = file.create_dataset("spare", DType::f64, {.extents = {4096}});
    dataset.write(HostArray(DType::f64, {4096}).ref());
    file.remove("spare");
  }
  const auto size = std::filesystem::file_size(path);
  std::filesystem::resize_file(path, size - 64);
  const bool refused = !inspect_file(path).whole;
  const RepairResult result = repair_snapshot(path);
  CHECK((!refused || result.extended_bytes == 64));
  CHECK(SnapshotReader(path).times().size() == 2);
}

TEST_CASE("of a truncated copy only the snapshots that can be read remain, and it is no longer complete") {
  const SharedFolder folder("repair_truncated");
  const SampleRun run(MPI_COMM_SELF);
  const std::string path = folder.file("run.h5");
  run.write(path, 40);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) * 3 / 4);
  const RepairResult result = repair_snapshot(path);
  CHECK(result.lost_steps > 0);
  CHECK(result.steps + result.lost_steps == 40);
  const SnapshotReader reader(path);
  CHECK_FALSE(reader.complete());
  REQUIRE(reader.times().size() == static_cast<std::size_t>(result.steps));
  HostArray eta(DType::f64, {6, 7});
  for (std::int64_t step = 0; step < result.steps; ++step) CHECK_NOTHROW(reader.read("eta", 0, step, eta.ref()));
}

TEST_CASE("exports hold the values of the run") {
  const SharedFolder folder("export");
  const SampleRun run(MPI_COMM_SELF);
  const std::string path = folder.file("run.h5");
  run.write(path, 2);

  const hdf5::File bench(export_snapshot(path, folder.file("bench.h5"), "pdebench"), hdf5::Access::read);
  const hdf5::Dataset data = bench.open_dataset("0000/data");
  CHECK(data.extents() == hdf5::Extents{2, 7, 6, 3});
  CHECK(data.read_strings("channels") == std::vector<std::string>{"eta", "velocity_x", "velocity_y"});
  HostArray values(DType::f32, {2, 7, 6, 3});
  data.read(values.ref());
  for (int c = 0; c < 3; ++c)
    CHECK(values.values<float>()[static_cast<std::size_t>(((1 * 7 + 3) * 6 + 2) * 3 + c)] ==
          static_cast<float>(SampleRun::value(c, 1, 2, 3)));

  const hdf5::File netcdf(export_snapshot(path, folder.file("run.nc"), "netcdf"), hdf5::Access::read);
  HostArray plane(DType::f32, {6, 7});
  netcdf.open_dataset("velocity_y").read({1, 0, 0}, {1, 6, 7}, plane.ref());
  CHECK(plane.values<float>()[2 * 7 + 3] == static_cast<float>(SampleRun::value(2, 1, 2, 3)));

  CHECK(netcdf.open_dataset("velocity_y").read_string("cell_methods") == "y: x: point");
  CHECK(netcdf.open_dataset("eta").read_string("cell_methods") == "y: x: mean");

  const std::string well = export_snapshot(path, folder.file("well"), "well");
  CHECK(well == folder.file("well/data/train/run.h5"));
  CHECK(SnapshotReader(well).times().size() == 2);
  CHECK(hdf5::File(well, hdf5::Access::read).kind("eta") == hdf5::Kind::missing);
  CHECK(export_snapshot(path, folder.file("well"), "well") == well);
  CHECK_THROWS_WITH_AS(export_snapshot(path, path, "netcdf"), doctest::Contains("is the file itself"), ConfigError);
  CHECK_THROWS_AS(export_snapshot(path, path, "grib"), ConfigError);
}
