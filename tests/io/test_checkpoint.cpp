// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include <marea/io/checkpoint.hpp>
#include <marea/io/error.hpp>

#include "support/sample_run.hpp"
#include "support/shared_folder.hpp"

using namespace marea;
using test::SampleRun;
using test::SharedFolder;

namespace {

std::string write_checkpoint(const std::string& folder, const SampleRun& run, std::int64_t step) {
  CheckpointWriter writer(folder, run.grid, 0.5 * static_cast<double>(step), step, run.schema.config);
  writer.write("h", run.block(0, step).ref());
  const HostArray momentum = run.block(1, step, 2);
  writer.write("momentum", momentum.ref());
  HostArray single(DType::f32, momentum.extents());
  copy_converting(momentum.ref(), single.ref());
  writer.write("momentum_single", single.ref());
  writer.write(SampleRun::gauge());
  return writer.commit();
}

template <class T> bool same(const HostArray& a, const HostArray& b) {
  const auto x = a.values<T>(), y = b.values<T>();
  return std::equal(x.begin(), x.end(), y.begin(), y.end());
}

void check_state(const std::string& path, const SampleRun& run, std::int64_t step) {
  const CheckpointReader reader(path, run.grid);
  CHECK(reader.steps() == step);
  CHECK(reader.time() == 0.5 * static_cast<double>(step));
  CHECK(reader.config() == run.schema.config);
  HostArray h = run.block(0, 0), momentum = run.block(1, 0, 2);
  reader.read("h", h.ref());
  reader.read("momentum", momentum.ref());
  CHECK(same<double>(h, run.block(0, step)));
  CHECK(same<double>(momentum, run.block(1, step, 2)));
  REQUIRE(reader.tables().size() == 1);
  CHECK(reader.tables()[0].values == SampleRun::gauge().values);
}

void damage(const std::string& path, std::int64_t position) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 0) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(position);
    const char byte = static_cast<char>(file.get() ^ 4);
    file.seekp(position);
    file.put(byte);
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

}  // namespace

TEST_CASE("a checkpoint gives back the same bits, also on one rank") {
  const SharedFolder folder("checkpoint_bits");
  const SampleRun run(MPI_COMM_WORLD);
  const std::string path = write_checkpoint(folder.file("run.checkpoints"), run, 7);
  check_state(path, run, 7);
  check_state(path, SampleRun(MPI_COMM_SELF), 7);
  HostArray wrong(DType::f32, run.block(0, 0).extents());
  const CheckpointReader reader(path, run.grid);
  CHECK_THROWS_WITH_AS(reader.read("h", wrong.ref()), doctest::Contains("precision of the solver has changed"),
                       DataError);
  CHECK_THROWS_AS(reader.read("eta", wrong.ref()), DataError);
  CHECK_THROWS_WITH_AS(CheckpointReader(path, SampleRun(MPI_COMM_WORLD, 8, 8).grid),
                       doctest::Contains("another grid"), DataError);
}

TEST_CASE("every rank count writes the same bytes of the fields") {
  const SharedFolder folder("checkpoint_ranks");
  const std::string all = write_checkpoint(folder.file("all"), SampleRun(MPI_COMM_WORLD), 3);
  check_state(all, SampleRun(MPI_COMM_SELF), 3);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const SampleRun alone(MPI_COMM_SELF);
  if (rank == 0) check_state(write_checkpoint(folder.file("one"), alone, 3), alone, 3);
  MPI_Barrier(MPI_COMM_WORLD);
  check_state(folder.file("one/step_000000000003.h5"), SampleRun(MPI_COMM_WORLD), 3);
}

TEST_CASE("the newest two stay, and a broken one is passed over") {
  const SharedFolder folder("checkpoint_keep");
  const SampleRun run(MPI_COMM_WORLD);
  const std::string place = folder.file("run.checkpoints");
  CHECK_FALSE(latest_checkpoint(place, MPI_COMM_WORLD).has_value());
  std::vector<std::string> paths;
  for (const std::int64_t step : {10, 20, 30}) paths.push_back(write_checkpoint(place, run, step));
  CHECK_FALSE(std::filesystem::exists(paths[0]));
  CHECK(std::filesystem::exists(paths[1]));
  CHECK(latest_checkpoint(place, MPI_COMM_WORLD) == paths[2]);

  damage(paths[2], 3000);
  CHECK_THROWS_WITH_AS(CheckpointReader(paths[2], run.grid), doctest::Contains("damaged"), DataError);
  CHECK(latest_checkpoint(place, MPI_COMM_WORLD) == paths[1]);
  check_state(paths[1], run, 20);
  MPI_Barrier(MPI_COMM_WORLD);  // every rank has read its tables

  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0) std::filesystem::resize_file(paths[1], 500);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_THROWS_WITH_AS(CheckpointReader(paths[1], run.grid), doctest::Contains("truncated"), DataError);
  CHECK_FALSE(latest_checkpoint(place, MPI_COMM_WORLD).has_value());
}

TEST_CASE("a checkpoint that is not committed leaves nothing behind") {
  const SharedFolder folder("checkpoint_dropped");
  const SampleRun run(MPI_COMM_WORLD);
  const std::string place = folder.file("run.checkpoints");
  {
    CheckpointWriter writer(place, run.grid, 0, 1, run.schema.config);
    writer.write("h", run.block(0, 0).ref());
  }
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(std::filesystem::is_empty(place));
  MPI_Barrier(MPI_COMM_WORLD);
  HostArray wrong(DType::f64, {1, 1});
  CheckpointWriter writer(place, run.grid, 0, 1, run.schema.config);
  CHECK_THROWS_AS(writer.write("h", wrong.ref()), ShapeError);
}

TEST_CASE("equal states give equal bytes") {
  const SharedFolder folder("checkpoint_bytes");
  const SampleRun run(MPI_COMM_WORLD);
  const std::string a = write_checkpoint(folder.file("a"), run, 5), b = write_checkpoint(folder.file("b"), run, 5);
  CHECK(test::bytes_of(a) == test::bytes_of(b));
}
