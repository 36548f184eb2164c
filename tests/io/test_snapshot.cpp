// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/mpi_io.hpp>
#include <marea/io/snapshot_reader.hpp>
#include <marea/io/snapshot_writer.hpp>

#include "support/sample_run.hpp"
#include "support/shared_folder.hpp"

using namespace marea;
using test::SampleRun;
using test::SharedFolder;
using Mode = SnapshotWriter::Mode;
using Gather = SnapshotWriter::Gather;

namespace {

/// The ways to write that the libraries at hand know.
std::vector<Gather> ways() {
  if (!ranks_can_write_together()) return {Gather::one_writer};
  return {Gather::one_writer, Gather::collective};
}

/// A file of this rank alone.
std::string own_file(const SharedFolder& folder) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return folder.file("run_" + std::to_string(rank) + ".h5");
}

/// Compares everything in the file with the functions of SampleRun. Files are f32.
void check_content(const std::string& path, std::int64_t steps, std::int64_t ny = 6, std::int64_t nx = 7) {
  const SnapshotReader reader(path);
  REQUIRE(static_cast<std::int64_t>(reader.times().size()) == steps);
  HostArray eta(DType::f64, {ny, nx}), velocity(DType::f32, {ny, nx, 2});
  bool same = true;
  for (std::int64_t step = 0; step < steps; ++step) {
    CHECK(reader.times()[static_cast<std::size_t>(step)] == 60.0 * static_cast<double>(step));
    reader.read("eta", 0, step, eta.ref());
    reader.read("velocity", 0, step, velocity.ref());
    for (std::int64_t j = 0; j < ny; ++j)
      for (std::int64_t i = 0; i < nx; ++i) {
        const auto cell = static_cast<std::size_t>(j * nx + i);
        const auto expected = [&](int c) { return static_cast<float>(SampleRun::value(c, step, j, i)); };
        const float* const flow = &velocity.values<float>()[2 * cell];
        same = same && eta.values<double>()[cell] == expected(0) && flow[0] == expected(1) && flow[1] == expected(2);
      }
  }
  CHECK(same);
}

}  // namespace

TEST_CASE("every rank count gives the same content, whoever writes") {
  const SharedFolder folder("snapshot_ranks");
  const SampleRun run(MPI_COMM_WORLD);
  for (const Gather gather : ways()) {
    const std::string path = folder.file("run.h5");
    run.write(path, 3, gather);
    check_content(path, 3);
    const SnapshotReader reader(path);
    CHECK(reader.complete());
    HostArray constant(DType::f32, {6, 7});
    reader.read("max_eta", 0, 0, constant.ref());
    CHECK(constant.values<float>()[9] == static_cast<float>(SampleRun::value(4, 0, 1, 2)));
  }
}

TEST_CASE("no chunk is damaged in a long run that all ranks write together") {
  const SharedFolder folder("snapshot_long");
  const SampleRun run(MPI_COMM_WORLD);
  run.write(folder.file("run.h5"), 60, ways().back());
  check_content(folder.file("run.h5"), 60);  // every checksum holds
}

TEST_CASE("a run that one rank began to write is continued by all together, and the other way round") {
  const SharedFolder folder("snapshot_writers");
  const SampleRun run(MPI_COMM_WORLD);
  const std::string path = folder.file("run.h5");
  std::vector<Gather> turns = ways();
  turns.push_back(turns.front());
  for (std::size_t turn = 0; turn < turns.size(); ++turn) {
    SnapshotWriter writer(path, run.schema, run.grid, turn == 0 ? Mode::create : Mode::resume, turns[turn]);
    run.append(writer, writer.steps());
    run.append(writer, writer.steps());
    writer.truncate_after(60.0 * static_cast<double>(writer.steps() - 2));
    if (turn + 1 == turns.size()) writer.close();
  }
  check_content(path, std::ssize(turns));
}

TEST_CASE("chunks that the blocks of the ranks cut are written by one rank each") {
  const SharedFolder folder("snapshot_cut");
  const SampleRun alone(MPI_COMM_SELF, 24, 20), run(MPI_COMM_WORLD, 24, 20);
  const std::string path = folder.file("run.h5");
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0) {
    SnapshotWriter writer(path, alone.schema, alone.grid, Mode::create);  // one chunk a snapshot
    alone.append(writer, 0);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  {
    SnapshotWriter writer(path, run.schema, run.grid, Mode::resume, ways().back());
    run.append(writer, 1);
    writer.close();
  }
  check_content(path, 2, 24, 20);
}

TEST_CASE("schema, grid, parameters and tables come back as they were written") {
  const SharedFolder folder("snapshot_schema");
  const SampleRun run(MPI_COMM_WORLD);
  const std::string path = folder.file("run.h5");
  run.write(path, 2);
  const SnapshotReader reader(path);
  const SnapshotSchema& schema = reader.schema();
  CHECK(schema.dataset_name == "shallow_water");
  CHECK(schema.split == "train");
  CHECK(schema.config == run.schema.config);
  CHECK(schema.precision == DType::f32);
  REQUIRE(schema.fields.size() == 2);
  CHECK(schema.fields[0].name == "eta");
  CHECK(schema.fields[0].units == "m");
  CHECK(schema.fields[0].standard_name == "sea_surface_height_above_mean_sea_level");
  CHECK(reader.field("max_eta").running == "maximum(eta)");
  CHECK(reader.field("bathymetry").running.empty());
  CHECK(schema.fields[1].rank == 1);
  REQUIRE(schema.constants.size() == 2);
  CHECK(schema.constants[0].role == FieldRole::fixed);
  CHECK(schema.constants[1].role == FieldRole::diagnostic);
  CHECK(schema.fields[0].cell_value == CellValue::mean);
  CHECK(schema.fields[1].cell_value == CellValue::sample);
  CHECK(schema.constants[1].cell_value == CellValue::truncation);
  REQUIRE(schema.parameters.size() == 2);
  CHECK(schema.parameters[1].name == "initial.centre[0]");
  CHECK(schema.parameters[1].value == 2.0e4);
  CHECK(schema.parameters[1].units == "m");
  CHECK(reader.grid().axis_names == run.grid.axis_names);
  CHECK(reader.grid().centres == run.grid.centres);
  CHECK(reader.grid().spacing == run.grid.spacing);
  CHECK(reader.grid().boundary == run.grid.boundary);
  REQUIRE(reader.tables().size() == 1);
  const Table gauge = reader.tables()[0];
  CHECK(gauge.name == "gauge_a");
  CHECK(gauge.columns == std::vector<std::string>{"time", "eta"});
  CHECK(gauge.values == SampleRun::gauge().values);
  CHECK(gauge.attributes == SampleRun::gauge().attributes);
}

TEST_CASE("equal runs give equal bytes") {
  const SharedFolder folder("snapshot_bytes");
  const SampleRun run(MPI_COMM_WORLD);
  for (const Gather gather : ways()) {
    run.write(folder.file("a.h5"), 3, gather);
    run.write(folder.file("b.h5"), 3, gather);
    MPI_Barrier(MPI_COMM_WORLD);
    CHECK(test::bytes_of(folder.file("a.h5")) == test::bytes_of(folder.file("b.h5")));
  }
}

TEST_CASE("a run goes on where its file ends, or from an earlier time") {
  const SharedFolder folder("snapshot_resume");
  const SampleRun run(MPI_COMM_WORLD);
  const std::string path = folder.file("run.h5");
  {
    SnapshotWriter writer(path, run.schema, run.grid, Mode::create);
    for (std::int64_t step = 0; step < 3; ++step) run.append(writer, step);
  }
  {
    SnapshotWriter writer(path, run.schema, run.grid, Mode::resume);
    CHECK(writer.steps() == 3);
    writer.truncate_after(60.0);
    CHECK(writer.steps() == 2);
    for (std::int64_t step = 2; step < 5; ++step) run.append(writer, step);
    writer.close();
  }
  check_content(path, 5);
}

TEST_CASE("a file of another run is not continued") {
  const SharedFolder folder("snapshot_other");
  SampleRun run(MPI_COMM_WORLD);
  const std::string path = folder.file("run.h5");
  run.write(path, 1);
  run.schema.constants.pop_back();
  CHECK_THROWS_WITH_AS(SnapshotWriter(path, run.schema, run.grid, Mode::resume),
                       doctest::Contains("written with other constant fields"), DataError);
  run.schema = SampleRun(MPI_COMM_WORLD).schema;
  run.grid.centres[0][0] += 1.0;
  CHECK_THROWS_WITH_AS(SnapshotWriter(path, run.schema, run.grid, Mode::resume),
                       doctest::Contains("written with another grid"), DataError);
}

TEST_CASE("wrong calls throw on all ranks and leave the file as it was") {
  const SharedFolder folder("snapshot_wrong");
  const SampleRun run(MPI_COMM_WORLD);
  const std::string path = folder.file("run.h5");
  SnapshotWriter writer(path, run.schema, run.grid, Mode::create);
  run.append(writer, 0);
  CHECK_THROWS_WITH_AS(run.append(writer, 0), doctest::Contains("must be later than the last snapshot"), DataError);
  HostArray eta = run.block(0, 1), velocity = run.block(1, 1, 2);
  const std::vector<NamedArray> wrong_name{{"eta", eta.ref()}, {"speed", velocity.ref()}};
  CHECK_THROWS_AS(writer.append(60, wrong_name), ShapeError);
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (rank == ranks - 1) velocity = HostArray(DType::f64, {1, 1, 2});  // one rank alone is wrong
  const std::vector<NamedArray> wrong_shape{{"eta", eta.ref()}, {"velocity", velocity.ref()}};
  CHECK_THROWS_WITH_AS(writer.append(60, wrong_shape), doctest::Contains("field velocity: f64[1, 1, 2]"), ShapeError);
  CHECK_THROWS_AS(writer.write_constant("depth", eta.ref()), ConfigError);
  run.append(writer, 1);
  writer.close();
  check_content(path, 2);
  const SnapshotReader reader(path);
  CHECK_FALSE(reader.has("max_eta"));
  CHECK_THROWS_WITH_AS(reader.field("max_eta"), doctest::Contains("was never written"), DataError);
  CHECK_THROWS_WITH_AS(reader.field("etta"),
                       doctest::Contains("unknown field 'etta', did you mean 'eta'? known: eta, "),
                       DataError);
  CHECK_THROWS_AS(SnapshotWriter("nowhere/run.h5", run.schema, run.grid, Mode::create), IoError);
}

TEST_CASE("a large block is cut into several chunks") {
  const SharedFolder folder("snapshot_large");
  SampleRun run(MPI_COMM_WORLD, 2100, 2100);  // more than 2^22 cells on one rank
  run.schema.fields.pop_back();
  const std::string path = folder.file("run.h5");
  SnapshotWriter writer(path, run.schema, run.grid, Mode::create);
  const HostArray eta = run.block(0, 0);
  const std::vector<NamedArray> fields{{"eta", eta.ref()}};
  writer.append(0.0, fields);
  writer.close();
  HostArray whole(DType::f32, {2100, 2100});
  SnapshotReader(path).read("eta", 0, 0, whole.ref());
  CHECK(whole.values<float>()[2100 * 2100 - 1] == static_cast<float>(SampleRun::value(0, 0, 2099, 2099)));
  CHECK(whole.values<float>()[2100 * 1050 + 3] == static_cast<float>(SampleRun::value(0, 0, 1050, 3)));
}

TEST_CASE("what a cell's value is comes from the method over space, in foreign files too") {
  const SharedFolder folder("snapshot_methods");
  const SampleRun run(MPI_COMM_SELF);
  const std::string path = own_file(folder);
  const auto value_of = [&](const char* methods) {
    run.write(path, 1);
    hdf5::File file(path, hdf5::Access::write);
    file.open_dataset("velocity").write_attribute("cell_methods", methods);
    file.close();
    return SnapshotReader(path).field("velocity").cell_value;
  };
  CHECK(value_of("area: mean") == CellValue::mean);
  CHECK(value_of("area: point") == CellValue::sample);
  CHECK(value_of("time: point area: mean") == CellValue::mean);
  CHECK(value_of("time: mean (interval: 1 s) y: x: point") == CellValue::sample);
  CHECK(value_of("area: sum") == CellValue::mean);
  CHECK(value_of("") == CellValue::mean);
}

TEST_CASE("systems without space say nothing of cells") {
  const SharedFolder folder("snapshot_members");
  GridInfo grid;
  grid.block = {.rank = 1, .global = {3}, .offset = {0}, .extent = {3}};
  grid.axis_names = {"member"};
  grid.centres = {{0, 1, 2}};
  SnapshotSchema schema{.fields = {{.name = "q"}}};
  const std::string path = own_file(folder);
  SnapshotWriter(path, schema, grid, Mode::create).close();
  CHECK_FALSE(hdf5::File(path, hdf5::Access::read).open_dataset("q").has_attribute("cell_methods"));
}

TEST_CASE("what the parts of a run took is added up, and files of others say nothing") {
  const SharedFolder folder("snapshot_cost");
  const SampleRun run(MPI_COMM_SELF);
  const std::string path = own_file(folder);
  run.write(path, 1);
  CHECK_FALSE(SnapshotReader(path).cost());
  for (const RunCost part : {RunCost{1.5, 3}, RunCost{0.25, 0.5}})
    SnapshotWriter(path, run.schema, run.grid, Mode::resume).add_cost(part);
  const auto cost = SnapshotReader(path).cost();
  REQUIRE(cost);
  CHECK(cost->wall_seconds == 1.75);
  CHECK(cost->cpu_seconds == 3.5);
}
