// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/io/field_file.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/inspect.hpp>
#include <marea/io/snapshot_reader.hpp>

#include "support/sample_run.hpp"
#include "support/shared_folder.hpp"

using namespace marea;
using test::SampleRun;
using test::SharedFolder;

namespace {

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), std::ssize(bytes));
}

}  // namespace

TEST_CASE("a truncated snapshot file is never taken for a whole one") {
  const SharedFolder folder("damaged_truncated");
  SampleRun(MPI_COMM_SELF).write(folder.file("run.h5"), 2);
  const std::string bytes = test::bytes_of(folder.file("run.h5"));
  for (int part = 0; part < 16; ++part) {
    write_bytes(folder.file("short.h5"), bytes.substr(0, bytes.size() * static_cast<std::size_t>(part) / 16));
    const FileReport report = inspect_file(folder.file("short.h5"));
    CHECK_FALSE(report.whole);
    CHECK_FALSE(report.problem.empty());
    CHECK_THROWS_AS(SnapshotReader(folder.file("short.h5")), DataError);
  }
}

TEST_CASE("flipped bits end in a report, not in a crash or hang of the program") {
  const SharedFolder folder("damaged_bits");
  SampleRun(MPI_COMM_SELF).write(folder.file("run.h5"), 2);
  const std::string bytes = test::bytes_of(folder.file("run.h5"));
  std::uint64_t state = 20261121;
  const auto next = [&] { return state = state * 6364136223846793005u + 1442695040888963407u, state >> 33; };
  int found = 0;
  for (int trial = 0; trial < 40; ++trial) {
    std::string damaged = bytes;
    for (int flip = 0; flip < 8; ++flip) damaged[next() % damaged.size()] ^= static_cast<char>(1u << (next() % 8));
    write_bytes(folder.file("flipped.h5"), damaged);
    const FileReport report = inspect_file(folder.file("flipped.h5"));
    CHECK((report.whole || !report.problem.empty()));
    found += !report.whole;
  }
  CHECK(found > 0);  // a flip in space that nothing uses is no damage
}

TEST_CASE("extents that the file cannot hold are refused before memory is taken") {
  const SharedFolder folder("damaged_extents");
  const std::string path = folder.file("huge.h5");
  constexpr std::int64_t huge = std::int64_t{1} << 40;
  {
    hdf5::File file(path, hdf5::Access::create);
    file.create_dataset("bathymetry", DType::f64, {.extents = {huge, 4}, .maximum = {huge, 4}, .chunk = {4, 4}});
    hdf5::Group dimensions = file.create_group("dimensions");
    dimensions.write_attribute("spatial_dims", std::vector<std::string>{"x"});
    dimensions.create_dataset("x", DType::f64, {.extents = {huge}, .chunk = {4}});
    dimensions.create_dataset("time", DType::f64, {.extents = {huge}, .chunk = {4}});
    file.create_group("t0_fields");
  }
  const FieldExpectation plane{.axis_names = {"y", "x"}};
  CHECK_THROWS_WITH_AS(read_field_file(path, "bathymetry", plane), doctest::Contains("bytes are stored"), DataError);
  CHECK_THROWS_WITH_AS(SnapshotReader{path}, doctest::Contains("bytes are stored"), DataError);
}

TEST_CASE("a field that does not fit its grid, or holds text, is named") {
  const SharedFolder folder("damaged_shape");
  const std::string path = folder.file("shape.h5");
  const HostArray x(DType::f64, {3}), time(DType::f64, {2}), wrong(DType::f64, {1, 2, 4});
  {
    hdf5::File file(path, hdf5::Access::create);
    hdf5::Group dimensions = file.create_group("dimensions");
    dimensions.write_attribute("spatial_dims", std::vector<std::string>{"x"});
    dimensions.write_dataset("x", x.ref());
    dimensions.write_dataset("time", time.ref());
    hdf5::Group fields = file.create_group("t0_fields");
    fields.write_attribute("field_names", std::vector<std::string>{"density"});
    fields.write_dataset("density", wrong.ref());
  }
  CHECK_THROWS_WITH_AS(SnapshotReader{path}, doctest::Contains("/t0_fields/density: its extents are 1 2 4"), DataError);
  {
    hdf5::File file(path, hdf5::Access::write);
    file.remove("t0_fields/density");
    file.open_group("t0_fields").write_strings("density", {"a", "b"});
  }
  CHECK_THROWS_AS(SnapshotReader{path}, DataError);
}

TEST_CASE("a field file says which datasets and axes it lacks") {
  const SharedFolder folder("damaged_fields");
  const std::string path = folder.file("depth.h5");
  const FieldExpectation plane{.axis_names = {"y", "x"}};
  HostArray depth(DType::f32, {3, 4});
  HostArray x(DType::f64, {4}), y(DType::f64, {3});
  for (std::size_t i = 0; i < 4; ++i) x.values<double>()[i] = static_cast<double>(i);
  {
    hdf5::File file(path, hdf5::Access::create);
    file.write_dataset("good", depth.ref());
    file.write_dataset("x", x.ref());
  }
  CHECK_THROWS_WITH_AS(read_field_file(path, "depth", plane),
                       doctest::Contains("has no dataset depth; it holds good, x"), DataError);
  CHECK_THROWS_WITH_AS(read_field_file(path, "good", plane), doctest::Contains("give all or none"), DataError);
  hdf5::File(path, hdf5::Access::write).write_dataset("y", y.ref());
  CHECK_THROWS_WITH_AS(read_field_file(path, "good", plane),
                       doctest::Contains("coordinates must rise or fall strictly"), DataError);
  CHECK_THROWS_AS(read_field_file(folder.file("none.h5"), "h", plane), IoError);
}
