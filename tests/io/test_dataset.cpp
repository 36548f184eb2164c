// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <tuple>

#include <doctest/doctest.h>

#include <marea/io/batch_loader.hpp>
#include <marea/io/checksum.hpp>
#include <marea/io/dataset.hpp>
#include <marea/io/error.hpp>
#include <marea/io/snapshot_reader.hpp>
#include <marea/io/snapshot_writer.hpp>

#include "support/sample_run.hpp"
#include "support/well_file.hpp"

using namespace marea;
using doctest::Approx;
using doctest::Contains;
using test::SampleRun;
using test::well_value;
using test::WellFile;
namespace fs = std::filesystem;

namespace {

/// A fresh folder of snapshot files and the options to read it.
struct Runs {
  fs::path path = "dataset_files";
  DatasetOptions options;
  Runs() {
    fs::remove_all(path);
    fs::create_directories(path);
    options.folder = path.string();
    options.inputs = options.outputs = {"eta"};
  }
  ~Runs() { fs::remove_all(path); }
  void add(const std::string& name, const WellFile& file) const {
    fs::create_directories((path / name).parent_path());
    test::write_well_file((path / name).string(), file);
  }
};

/// Both arrays of one sample.
struct Sample {
  Sample(const Dataset& data, std::int64_t index, std::int64_t rollout = 1) {
    const auto& info = data.info();
    std::vector<std::int64_t> i{std::ssize(info.input_channels)}, o{rollout, std::ssize(info.output_channels)};
    i.insert(i.end(), info.extents.begin(), info.extents.end());
    o.insert(o.end(), info.extents.begin(), info.extents.end());
    in = HostArray(DType::f32, i);
    out = HostArray(DType::f32, o);
    data.read_rollout(index, in.ref(), out.ref());
  }
  HostArray in, out;
};

/// Value at (j, i) of one plane.
float at(const ArrayRef& plane, std::int64_t j, std::int64_t i) { return plane[j][i].as<float>()[0]; }

}  // namespace

TEST_CASE("step samples hold the state and the one a stride later, of every trajectory of every file") {
  Runs runs;
  runs.add("a.h5", {.trajectories = 2, .steps = 5});
  runs.add("b.hdf5", {.trajectories = 1, .steps = 3, .offset = 65536});
  const Dataset data(runs.options, "all");

  CHECK(data.runs().size() == 3);
  CHECK(data.size() == 4 + 4 + 2);
  CHECK(data.run_of(3) == 0);
  CHECK(data.run_of(4) == 1);
  CHECK(data.run_of(9) == 2);
  CHECK(data.step_of(4) == 0);
  CHECK(data.step_of(9) == 1);
  CHECK(data.info().interval == 2);
  CHECK(data.info().extents == std::vector<std::int64_t>{4, 6});
  CHECK(data.info().centres[1] == std::vector{0.5, 1.5, 2.5, 3.5, 4.5, 5.5});
  CHECK(data.info().training_files == std::vector<std::string>{"a.h5", "b.hdf5"});
  CHECK(data.info().boundary[0][0] == "wall");

  const Sample second(data, 6), last(data, 9);
  CHECK(at(second.in.ref()[0], 3, 5) == well_value(0, 1, 2, 3, 5));
  CHECK(at(second.out.ref()[0][0], 3, 5) == well_value(0, 1, 3, 3, 5));
  CHECK(at(last.in.ref()[0], 0, 0) == well_value(65536, 0, 1, 0, 0));
  CHECK_THROWS_AS(Sample(data, 10), ShapeError);
}

TEST_CASE("history puts the oldest state first and stride spaces all states") {
  Runs runs;
  runs.add("a.h5", {.trajectories = 1, .steps = 9});
  runs.options.history = 3;
  runs.options.stride = 2;
  const Dataset data(runs.options, "all");

  CHECK(data.size() == 3);  // states 0, 2, 4 -> 6 up to 2, 4, 6 -> 8
  CHECK(data.step_of(1) == 5);
  CHECK(data.info().interval == 4);
  CHECK(data.info().input_channels == std::vector<std::string>{"eta", "eta", "eta"});
  const Sample sample(data, 1);
  for (int state = 0; state < 3; ++state)
    CHECK(at(sample.in.ref()[state], 1, 1) == well_value(0, 0, 1 + 2 * state, 1, 1));
  CHECK(at(sample.out.ref()[0][0], 1, 1) == well_value(0, 0, 7, 1, 1));
}

TEST_CASE("vectors, tensors and constants become channels in the order of the options") {
  Runs runs;
  WellFile file{.trajectories = 2, .steps = 3};
  file.fields = {{"eta"}, {"bathymetry", 0, false, false}, {"source", 0, true, false}, {"velocity", 1}, {"stress", 2}};
  runs.add("a.h5", file);
  runs.options.inputs = {"velocity", "source", "eta", "bathymetry"};
  runs.options.outputs = {"stress", "velocity"};
  const Dataset data(runs.options, "all");
  const Sample sample(data, 2);  // trajectory 1, step 0
  const auto &in = sample.in.ref(), &out = sample.out.ref()[0];

  CHECK(data.info().input_channels ==
        std::vector<std::string>{"velocity_x", "velocity_y", "source", "eta", "bathymetry"});
  CHECK(data.info().output_channels ==
        std::vector<std::string>{"stress_xx", "stress_xy", "stress_yx", "stress_yy", "velocity_x", "velocity_y"});
  CHECK(data.info().inputs[1].name == "source");
  // In the file components follow its axes: y, then x.
  CHECK(at(in[0], 2, 3) == well_value(0, 1, 0, 2, 3, 1));
  CHECK(at(in[1], 2, 3) == well_value(0, 1, 0, 2, 3, 0));
  CHECK(at(in[2], 2, 3) == well_value(0, 1, 0, 2, 3));
  CHECK(at(in[4], 2, 3) == well_value(0, 0, 0, 2, 3));
  for (int c = 0; c < 4; ++c) CHECK(at(out[c], 1, 4) == well_value(0, 1, 1, 1, 4, 3 - c));
  // A second read takes constants from memory.
  const Sample again(data, 2), other(data, 0);
  CHECK(at(again.in.ref()[2], 2, 3) == at(in[2], 2, 3));
  CHECK(at(other.in.ref()[2], 2, 3) == well_value(0, 0, 0, 2, 3));
}

TEST_CASE("double precision files give the same samples") {
  Runs runs;
  runs.add("a.h5", {.dtype = DType::f64});
  const Dataset data(runs.options, "all");
  CHECK(at(Sample(data, 5).in.ref()[0], 3, 2) == well_value(0, 1, 1, 3, 2));
}

TEST_CASE("a map sample pairs constants and the first snapshot with constants and the last one") {
  Runs runs;
  WellFile file{.trajectories = 2, .steps = 4};
  file.fields = {{"eta"}, {"max_eta", 0, true, false}, {"bathymetry", 0, false, false}};
  runs.add("a.h5", file);
  runs.options.task = "map";
  runs.options.inputs = {"bathymetry", "eta"};
  runs.options.outputs = {"max_eta", "eta"};
  const Dataset data(runs.options, "all");
  const Sample sample(data, 1);

  CHECK(data.size() == 2);
  CHECK(data.step_of(1) == 0);
  CHECK(data.info().interval == 0);
  CHECK(at(sample.in.ref()[0], 1, 2) == well_value(0, 0, 0, 1, 2));
  CHECK(at(sample.in.ref()[1], 1, 2) == well_value(0, 1, 0, 1, 2));
  CHECK(at(sample.out.ref()[0][0], 1, 2) == well_value(0, 1, 0, 1, 2));
  CHECK(at(sample.out.ref()[0][1], 1, 2) == well_value(0, 1, 3, 1, 2));
  CHECK(data.rollout_samples(1).size() == 2);
  CHECK(data.rollout_samples(2).empty());
  CHECK_THROWS_AS(Sample(data, 0, 2), ShapeError);
}

TEST_CASE("all snapshots of a field of a run are read, whether it is a channel or not") {
  Runs runs;
  WellFile file{.trajectories = 2, .steps = 4};
  file.fields = {{"eta"}, {"velocity", 1}, {"bathymetry", 0, false, false}};
  runs.add("a.h5", file);
  runs.options.inputs = {"eta"};
  const Dataset data(runs.options, "all");
  const HostArray series = data.read_series(1, "velocity", 1, 3);

  const std::vector<std::int64_t> expected{3, 2, data.info().extents[0], data.info().extents[1]};
  REQUIRE(std::ranges::equal(series.extents(), expected));
  const Dataset steps([&] {
    runs.options.inputs = runs.options.outputs = {"velocity"};
    return runs.options;
  }(), "all");
  const Sample sample(steps, 4);  // run 1, step 1
  for (std::int64_t c = 0; c < 2; ++c)
    for (std::int64_t j = 0; j < expected[2]; ++j)
      CHECK(at(series.ref()[0][c], j, 1) == at(sample.in.ref()[c], j, 1));
  std::vector<std::string> names;
  for (const FieldInfo& field : data.fields_in_time()) names.push_back(field.name);
  CHECK(names == std::vector<std::string>{"eta", "velocity"});
  CHECK_THROWS_WITH_AS(data.read_series(0, "bathymetry", 0, 1),
                       doctest::Contains("field 'bathymetry' has no time axis"), DataError);
  CHECK_THROWS_AS(data.read_series(0, "eta", 2, 3), ShapeError);
  CHECK_THROWS_AS(data.read_series(2, "eta", 0, 1), ShapeError);
}

TEST_CASE("a parameter of the runs is an input of one value in all cells") {
  const Runs runs;
  SampleRun run(MPI_COMM_SELF);
  run.schema.split = "";
  run.write((runs.path / "a.h5").string(), 2);
  run.schema.parameters[0].value = 2.5;
  run.schema.config["solver"]["cfl"] = 0.9;
  run.write((runs.path / "b.h5").string(), 2);
  DatasetOptions options = runs.options;
  options.inputs = {"initial.height", "eta", "solver.cfl"};
  const Dataset data(options, "all");
  const Sample first(data, 0), second(data, 1);

  CHECK(data.info().input_channels == options.inputs);
  CHECK(data.info().inputs[0].units == "m");
  for (const std::int64_t i : {0, 6}) {
    CHECK(at(first.in.ref()[0], 5, i) == 1.5f);
    CHECK(at(second.in.ref()[0], 5, i) == 2.5f);
    CHECK(at(first.in.ref()[2], 5, i) == 0.45f);  // a number of the configuration
    CHECK(at(second.in.ref()[2], 5, i) == 0.9f);
  }
  run.schema.parameters.erase(run.schema.parameters.begin());
  run.write((runs.path / "c.h5").string(), 2);
  const Dataset lacking(options, "all");
  CHECK_THROWS_WITH_AS(Sample(lacking, 2), Contains("parameter 'initial.height' must be a finite number"), DataError);
  options.outputs = {"initial.height"};
  CHECK_THROWS_WITH_AS(Dataset(options, "all"), Contains("'initial.height' is a parameter of the runs"), ConfigError);
}

TEST_CASE("coarsening takes block means of values and of cell centres") {
  Runs runs;
  WellFile file{.trajectories = 1, .steps = 2};
  file.fields = {{"eta"}, {"velocity", 1}};
  runs.add("a.h5", file);
  runs.options.inputs = {"eta", "velocity"};
  runs.options.coarsen = 2;
  const Dataset data(runs.options, "all");
  const Sample sample(data, 0);

  CHECK(data.info().extents == std::vector<std::int64_t>{2, 3});
  CHECK(data.info().centres[1] == std::vector{1.0, 3.0, 5.0});
  // The field is linear: the mean over rows 2, 3 and columns 4, 5 is its value at row 2.5, column 4.5.
  CHECK(at(sample.in.ref()[0], 1, 2) == 16 * 2.5f + 4.5f);
  CHECK(at(sample.in.ref()[1], 1, 2) == 16 * 2.5f + 4.5f + 0.25f);
  CHECK(at(sample.out.ref()[0][0], 0, 0) == 256 + 8.5f);

  runs.options.coarsen = 4;
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), Contains("coarsen = 4 must divide the grid 4 x 6"), ConfigError);
}

TEST_CASE("the attribute split and The Well's folders decide where a run belongs") {
  Runs runs;
  runs.add("a.h5", {.trajectories = 1, .split = "train"});
  runs.add("b.h5", {.trajectories = 2, .split = "test"});
  CHECK(Dataset(runs.options, "train").runs().size() == 1);
  CHECK(Dataset(runs.options, "test").runs().size() == 2);
  CHECK_THROWS_WITH_AS(
      Dataset(runs.options, "valid"),
      Contains("split \"valid\" of folder = \"dataset_files\" is empty: there are 1 train, 0 valid and 2 test runs"),
      ConfigError);

  runs.add("data/train/c.hdf5", {.trajectories = 3});
  runs.add("data/valid/c.hdf5", {.trajectories = 1});
  CHECK(Dataset(runs.options, "train").runs().size() == 3);  // the folders come before files beside them
  CHECK(Dataset(runs.options, "all").info().training_files[1] == "data/valid/c.hdf5");

  runs.add("data/test/d.hdf5", {.split = "validation"});
  CHECK(Dataset(runs.options, "test").runs().size() == 2);
}

TEST_CASE("runs without a split are divided whole, in fixed shares, the same way every time") {
  Runs runs;
  runs.add("a.h5", {.trajectories = 11, .steps = 2});
  runs.add("b.h5", {.trajectories = 5, .steps = 2});
  std::multiset<std::pair<std::string, std::int64_t>> seen;
  for (const auto& [split, count] : {std::pair{"train", 12}, {"valid", 2}, {"test", 2}}) {
    const Dataset data(runs.options, split), again(runs.options, split);
    CHECK(data.runs().size() == static_cast<std::size_t>(count));
    for (std::size_t r = 0; r < data.runs().size(); ++r) {
      CHECK(data.runs()[r].split == split);
      CHECK(data.runs()[r].trajectory == again.runs()[r].trajectory);
      seen.emplace(data.runs()[r].file, data.runs()[r].trajectory);
    }
  }
  CHECK(seen.size() == 16);
  CHECK(std::set(seen.begin(), seen.end()).size() == 16);

  const auto held_out = [&](int seed) {
    runs.options.split_seed = seed;
    std::set<std::pair<std::string, std::int64_t>> set;
    const Dataset data(runs.options, "test");
    for (const Run& run : data.runs()) set.emplace(run.file, run.trajectory);
    return set;
  };
  CHECK((held_out(0) != held_out(1) || held_out(0) != held_out(2)));
}

TEST_CASE("three runs are enough for every split") {
  Runs runs;
  runs.add("a.h5", {.trajectories = 3});
  for (const char* split : {"train", "valid", "test"}) CHECK(Dataset(runs.options, split).runs().size() == 1);
}

TEST_CASE("rollouts hold successive outputs and stop at the end of the run") {
  Runs runs;
  runs.add("a.h5", {.trajectories = 2, .steps = 6});
  const Dataset data(runs.options, "all");
  const auto starts = data.rollout_samples(3);

  CHECK(starts == std::vector<std::int64_t>{0, 1, 2, 5, 6, 7});
  const Sample sample(data, 6, 3);
  for (int ahead = 0; ahead < 3; ++ahead)
    CHECK(at(sample.out.ref()[ahead][0], 2, 2) == well_value(0, 1, 2 + ahead, 2, 2));
  CHECK_THROWS_WITH_AS(Sample(data, 8, 3), Contains("has no 3 steps ahead"), ShapeError);
}

TEST_CASE("statistics agree with the formulas for a linear field") {
  Runs runs;
  runs.add("a.h5", {.trajectories = 1, .steps = 3, .ny = 1, .nx = 4});
  std::vector<ChannelStatistics> in, out;
  const Dataset data(runs.options, "all");
  data.statistics(in, out);

  // Inputs: steps 0 and 1, values 256 s + i.
  CHECK(in[0].channel == "eta");
  CHECK(in[0].mean == Approx(128 + 1.5));
  CHECK(in[0].standard_deviation == Approx(std::sqrt(128. * 128 + 1.25)));
  CHECK(in[0].rms == Approx(std::sqrt(128. * 128 + 1.25 + 129.5 * 129.5)));
  CHECK(in[0].minimum == 0);
  CHECK(out[0].maximum == 515);
  CHECK(data.hashes() == std::vector{sha256_of_file("dataset_files/a.h5")});
}

TEST_CASE("files that do not fit together are a DataError that names both") {
  Runs runs;
  runs.add("a.h5", {});
  SUBCASE("another grid") {
    runs.add("b.h5", {.nx = 8});
    CHECK_THROWS_WITH_AS(
        Dataset(runs.options, "all"),
        "dataset_files/b.h5: grid 4 x 8 differs from 4 x 6 of dataset_files/a.h5; the files of one data "
        "set must agree: convert one of them, or keep them in folders of their own",
        DataError);
  }
  SUBCASE("another interval") {
    runs.add("b.h5", {.interval = 3});
    CHECK_THROWS_WITH_AS(
        Dataset(runs.options, "all"),
        Contains("dataset_files/b.h5: interval 3 between snapshots differs from 2 of dataset_files/a.h5"), DataError);
  }
  SUBCASE("intervals that change in a run") {
    runs.add("b.h5", {.steps = 4, .time = {0, 2, 4, 5}});
    CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), Contains("dataset_files/b.h5: step "), DataError);
    runs.options.task = "map";
    CHECK_NOTHROW(Dataset(runs.options, "all"));
  }
  SUBCASE("a field that one of them lacks") {
    WellFile other;
    other.fields = {{"h"}};
    runs.add("b.h5", other);
    CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), Contains("b.h5"), DataError);
  }
}

TEST_CASE("axes and times that do not rise are refused with their place") {
  Runs runs;
  const auto spoil = [&](const std::string& axis, std::vector<double> values) {
    runs.add("a.h5", {});
    hdf5::File file("dataset_files/a.h5", hdf5::Access::write);
    file.open_dataset("dimensions/" + axis).write(make_array_ref(values.data(), {std::ssize(values)}));
    file.close();
  };
  const double nan = std::nan("");
  for (const auto& [axis, values, place] : std::vector<std::tuple<std::string, std::vector<double>, std::string>>{
           {"y", {0.5, 2.5, 1.5, 3.5}, "1.5 at index 2 follows 2.5"},
           {"y", {0.5, 1.5, 1.5, 2.5}, "1.5 at index 2 follows 1.5"},
           {"y", {2, 2, 2, 2}, "2 at index 1 follows 2"},
           {"x", {0.5, nan, 2.5, 3.5, 4.5, 5.5}, "value nan at index 1 must be finite"},
           {"time", {0, 0, 0, 0, 0}, "0 at index 1 follows 0"},
           {"time", {8, 6, 4, 2, 0}, "6 at index 1 follows 8"},
           {"time", {0, 2, nan, 6, 8}, "value nan at index 2 must be finite"}}) {
    spoil(axis, values);
    CAPTURE(place);
    for (const char* task : {"step", "map"}) {
      runs.options.task = task;
      const std::string where = "a.h5:/dimensions/" + axis + ": ";
      CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), Contains(where.c_str()), DataError);
      CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), Contains(place.c_str()), DataError);
    }
  }
}

TEST_CASE("fields longer than the times of a foreign file are refused") {
  Runs runs;
  runs.add("a.h5", {.steps = 5, .time = {0, 2, 4, 6}});
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"),
                       Contains("/t0_fields/eta: its extents are 2 5 4 6; the grid, times and trajectories of the file "
                                "want 2 4 4 6"),
                       DataError);
}

TEST_CASE("links to nowhere and splits of other names are named, not passed over") {
  Runs runs;
  runs.add("a.h5", {});
  fs::create_symlink("gone/b.h5", runs.path / "b.h5");
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), Contains("b.h5: is a link to gone/b.h5, which is not there"),
                       DataError);
  fs::remove(runs.path / "b.h5");
  runs.add("data/train/a.h5", {});
  runs.add("data/validation/b.h5", {});
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"),
                       Contains("data/validation: holds runs of the split \"validation\""), DataError);
}

TEST_CASE("files whose units, boundaries or order of axes differ are refused with both") {
  Runs runs;
  runs.add("a.h5", {});
  runs.add("b.h5", {.offset = 1});
  hdf5::File file("dataset_files/b.h5", hdf5::Access::write);
  std::string message;
  SUBCASE("units of a field") {
    file.open_dataset("t0_fields/eta").write_attribute("units", "fathoms of old");
    message = "b.h5: field 'eta': units = \"fathoms of old\" differs from ";
  }
  SUBCASE("units of a field in the first file only") {
    hdf5::File first("dataset_files/a.h5", hdf5::Access::write);
    first.open_dataset("t0_fields/eta").write_attribute("units", "cm");
    first.close();
    message = "b.h5: field 'eta': units = \"1\" (or none) differs from \"cm\" of dataset_files/a.h5";
  }
  SUBCASE("standard name of a field") {
    file.open_dataset("t0_fields/eta").write_attribute("standard_name", "sea_surface_temperature");
    hdf5::File first("dataset_files/a.h5", hdf5::Access::write);
    first.open_dataset("t0_fields/eta").write_attribute("standard_name", "sea_surface_height_above_geoid");
    first.close();
    message = "b.h5: field 'eta': standard_name = sea_surface_temperature differs from sea_surface_height_above_geoid";
  }
  SUBCASE("units of time") {
    file.open_dataset("dimensions/time").write_attribute("units", "watches");
    message = "b.h5: unit of time 'watches' differs from 's' of dataset_files/a.h5";
  }
  SUBCASE("units of length") {
    file.open_dataset("dimensions/x").write_attribute("units", "cubits");
    message = "b.h5: unit of length 'cubits' differs from 'm' of dataset_files/a.h5";
  }
  SUBCASE("boundaries") {
    file.open_group("boundary_conditions/x_wall").write_attribute("bc_type", "PERIODIC");
    message = "b.h5: boundary of x (periodic, periodic) differs from (wall, wall) of dataset_files/a.h5";
  }
  file.close();
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), Contains(message.c_str()), DataError);
}

TEST_CASE("a run in two splits is refused under whatever name, split and compression") {
  Runs runs;
  runs.add("data/train/a.h5", {});
  runs.add("data/valid/b.h5", {.offset = 1});
  runs.add("data/test/c.h5", {.offset = 2});
  const SplitHashes hashes = hash_runs(runs.options);
  CHECK(hashes.train.size() == 2);
  CHECK(hashes.valid.front() == Dataset(runs.options, "valid").fingerprint(0).sha256);
  runs.add("data/test/d.h5", {.dtype = DType::f64, .split = "test"});  // a.h5 in other bytes
  CHECK_THROWS_WITH_AS(hash_runs(runs.options),
                       Contains("data/test/d.h5 (test, trajectory 0) and dataset_files/data/train/a.h5 (train, "
                                "trajectory 0) hold the same run"),
                       DataError);
}

namespace {

/// Snapshots `from` … `to` - 1, every `stride`-th, of the run that well_value gives, with other times.
void write_part(const std::string& path, int from, int to, int stride, float change_last = 0) {
  std::vector<float> values;
  std::int64_t steps = 0;
  for (int step = from; step < to; step += stride, ++steps)
    for (int j = 0; j < 4; ++j)
      for (int i = 0; i < 6; ++i) values.push_back(static_cast<float>(well_value(0, 0, step, j, i)));
  values.back() += change_last;
  test::write_well_file(path, {.trajectories = 1, .steps = steps, .interval = 2.5});
  hdf5::File file(path, hdf5::Access::write);
  file.open_dataset("t0_fields/eta").write(make_array_ref(values.data(), {1, steps, 4, 6}));
  file.close();
}

}  // namespace

TEST_CASE("a part of a run in another split is refused: without its end, its beginning, every second snapshot") {
  Runs runs;
  runs.add("data/train/a.h5", {.trajectories = 1, .steps = 41});
  const std::string part = "dataset_files/data/test/part.h5";
  fs::create_directories("dataset_files/data/test");
  for (const auto& [from, to, stride] : {std::tuple{0, 40, 1}, {0, 21, 1}, {5, 41, 1}, {0, 41, 2}, {0, 41, 4}}) {
    INFO(from, " ", to, " ", stride);
    write_part(part, from, to, stride);
    CHECK_THROWS_WITH_AS(hash_runs(runs.options), Contains("hold the same run, or a part of it"), DataError);
  }
  SUBCASE("and the other way round, where the part is what was trained on") {
    fs::remove(part);
    fs::rename("dataset_files/data/train/a.h5", part);
    write_part("dataset_files/data/train/a.h5", 0, 30, 1);
    CHECK_THROWS_WITH_AS(hash_runs(runs.options), Contains("or a part of it"), DataError);
  }
}

TEST_CASE("runs that begin alike, and runs of one length that end apart, are two") {
  Runs runs;
  runs.add("data/train/a.h5", {.trajectories = 1, .steps = 41});
  fs::create_directories("dataset_files/data/test");
  write_part("dataset_files/data/test/b.h5", 0, 41, 1, 1);  // as an option that works late makes it
  CHECK_NOTHROW(hash_runs(runs.options));
  write_part("dataset_files/data/test/b.h5", 0, 2, 1, 1);  // the first snapshot alone
  CHECK_NOTHROW(hash_runs(runs.options));
}

TEST_CASE("what is known of a run goes through a line of text") {
  Runs runs;
  runs.add("a.h5", {.trajectories = 1, .steps = 41});
  const RunFingerprint run = Dataset(runs.options, "all").fingerprint(0);
  CHECK(run.states.size() == 7);  // 40, 32, 16, 8, 4, 2, 1
  const RunFingerprint back = RunFingerprint::of_text(run.sha256, run.state_text());
  CHECK(back.snapshots == 41);
  CHECK(back.states == run.states);
  CHECK(is_same_or_part(run, RunFingerprint::of_text(run.sha256, "")));  // of a model file that keeps no states
  CHECK_FALSE(is_same_or_part(run, RunFingerprint::of_text("another", "")));
  CHECK_THROWS_AS(RunFingerprint::of_text("", "many"), DataError);
}

TEST_CASE("an axis z that counts downwards is turned") {
  Runs runs;
  const double time[] = {0, 1}, depth[] = {5, 15, 25}, values[6] = {};
  {
    hdf5::File file("dataset_files/a.h5", hdf5::Access::create);
    hdf5::Group dimensions = file.create_group("dimensions");
    dimensions.write_attribute("spatial_dims", std::vector<std::string>{"z"});
    dimensions.write_dataset("time", make_array_ref(time, {2}));
    dimensions.write_dataset("z", make_array_ref(depth, {3})).write_attribute("positive", "down");
    file.create_group("t0_fields").write_dataset("eta", make_array_ref(values, {1, 2, 3}));
    file.close();
  }
  CHECK(SnapshotReader("dataset_files/a.h5").grid().centres[0] == std::vector<double>{-5, -15, -25});
}

TEST_CASE("values that grow downwards are refused for fields of a model") {
  Runs runs;
  runs.add("a.h5", {});
  {
    hdf5::File file("dataset_files/a.h5", hdf5::Access::write);
    file.open_dataset("t0_fields/eta").write_attribute("positive", "down");
    file.close();
  }
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), Contains("a.h5: field 'eta' has positive = \"down\""), DataError);
}

TEST_CASE("a mask of other values than 0 and 1 is refused with its place") {
  Runs runs;
  WellFile file{.trajectories = 1, .steps = 2, .ny = 4, .nx = 6};
  file.fields = {{"eta"}, {.name = "mask", .time_varying = false}};
  runs.add("a.h5", file);
  const auto set = [](float at_7) {
    std::vector<float> mask(24, 1);
    mask[3] = 0;
    mask[7] = at_7;
    hdf5::File f("dataset_files/a.h5", hdf5::Access::write);
    f.open_dataset("t0_fields/mask").write(make_array_ref(mask.data(), {1, 4, 6}));
    f.close();
  };
  set(0);
  CHECK_NOTHROW(Dataset(runs.options, "all").require_mask("mask"));
  set(0.5f);
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all").require_mask("mask"),
                       Contains("a.h5: field 'mask', trajectory 0, index [1, 1]: the mask is 0.5, must be 0 or 1"),
                       DataError);
}

TEST_CASE("a value that is not finite is named by file, field, step and index") {
  Runs runs;
  runs.add("a.h5", {});
  {
    hdf5::File file("dataset_files/a.h5", hdf5::Access::write);
    const float bad = NAN;
    file.open_dataset("t0_fields/eta").write({1, 3, 2, 5}, {1, 1, 1, 1}, make_array_ref(&bad, {1, 1, 1, 1}));
    file.close();
  }
  const Dataset data(runs.options, "all");
  CHECK_NOTHROW(Sample(data, 5));
  CHECK_THROWS_WITH_AS(
      Sample(data, 6),
      Contains("dataset_files/a.h5: field 'eta', trajectory 1, step 3, index (2, 5): value nan is not finite"),
      DataError);
}

TEST_CASE("a folder that is missing is an IoError, as a missing file is") {
  Runs runs;
  runs.options.folder = "nowhere";
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"),
                       "data: folder = \"nowhere\" cannot be read: No such file or directory", IoError);
}

TEST_CASE("a model among the data is named as one") {
  Runs runs;
  runs.add("a.h5", {});
  hdf5::File("dataset_files/b.h5", hdf5::Access::create).write_attribute("marea_model", "1.0");
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), "dataset_files/b.h5: is a model file; a snapshot file is needed",
                       DataError);
}

TEST_CASE("options that do not fit the data are a ConfigError that says why") {
  Runs runs;
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), Contains("must hold .h5 or .hdf5 files"), ConfigError);
  WellFile file{.steps = 3};
  file.fields = {{"eta"}, {"bathymetry", 0, false, false}};
  runs.add("a.h5", file);
  auto& o = runs.options;
  SUBCASE("") {
    CHECK_THROWS_WITH_AS(Dataset(o, "training"), Contains("must be one of train, valid, test, all"), ConfigError);
  }
  SUBCASE("") {
    o.inputs = {};
    CHECK_THROWS_WITH_AS(Dataset(o, "all"), Contains("inputs must name"), ConfigError);
  }
  SUBCASE("") {
    o.stride = 3;
    CHECK_THROWS_WITH_AS(Dataset(o, "all"), Contains("has 3 snapshots"), ConfigError);
  }
  SUBCASE("") {
    o.stride = 0;
    CHECK_THROWS_WITH_AS(Dataset(o, "all"), Contains("stride = 0 must be >= 1"), ConfigError);
  }
  SUBCASE("") {
    o.outputs = {"bathymetry"};
    CHECK_THROWS_WITH_AS(Dataset(o, "all"), Contains("has no time axis"), ConfigError);
  }
  SUBCASE("") {
    o.inputs = {"etta"};
    CHECK_THROWS_WITH_AS(Dataset(o, "all"), Contains("etta"), DataError);
  }
  SUBCASE("") {
    o.task = "map";
    o.history = 2;
    CHECK_THROWS_WITH_AS(Dataset(o, "all"), Contains("history = 2 must be 1"), ConfigError);
  }
}

TEST_CASE("a run by marea's own writer gives vectors by x and y, and its final diagnostics once it is finished") {
  Runs runs;
  GridInfo grid;
  grid.block = {2, {4, 6}, {0, 0}, {4, 6}};
  grid.axis_names = {"y", "x"};
  grid.centres = {{0.5, 1.5, 2.5, 3.5}, {0.5, 1.5, 2.5, 3.5, 4.5, 5.5}};
  grid.spacing = {1, 1};
  grid.boundary = {{"wall", "open"}, {"periodic", "periodic"}};
  SnapshotSchema schema;
  schema.dataset_name = "shallow_water";
  schema.split = "valid";
  schema.fields = {{.name = "eta", .units = "m"}, {.name = "velocity", .units = "m s-1", .rank = 1}};
  schema.constants = {{.name = "max_eta", .units = "m"}};
  const HostArray eta(DType::f64, {4, 6}), velocity(DType::f64, {4, 6, 2});
  for (int i = 0; i < 24; ++i) {
    eta.values<double>()[i] = i;
    velocity.values<double>()[2 * i] = 100 + i;
    velocity.values<double>()[2 * i + 1] = 200 + i;
  }
  SnapshotWriter writer("dataset_files/run.h5", schema, grid, SnapshotWriter::Mode::create);
  writer.append(0, std::vector<NamedArray>{{"eta", eta.ref()}, {"velocity", velocity.ref()}});
  eta.values<double>()[8] = 0.5;
  writer.append(1, std::vector<NamedArray>{{"eta", eta.ref()}, {"velocity", velocity.ref()}});
  runs.options.inputs = {"eta", "velocity"};
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), Contains("was not finished"), DataError);
  writer.write_constant("max_eta", eta.ref());
  writer.close();

  const Dataset step(runs.options, "valid");
  const Sample sample(step, 0);
  CHECK(at(sample.in.ref()[1], 1, 2) == 108);
  CHECK(at(sample.in.ref()[2], 1, 2) == 208);
  CHECK(at(sample.out.ref()[0][0], 1, 2) == 0.5);
  CHECK(step.info().inputs[1].units == "m s-1");
  CHECK(step.info().boundary[0] == std::array<std::string, 2>{"wall", "open"});

  runs.options.task = "map";
  runs.options.outputs = {"max_eta"};
  const Dataset map(runs.options, "valid");
  CHECK(at(Sample(map, 0).out.ref()[0][0], 1, 2) == 0.5);
}

TEST_CASE("a foreign file among the runs is a DataError") {
  Runs runs;
  runs.add("a.h5", {});
  std::ofstream("dataset_files/b.h5") << "no HDF5";
  CHECK_THROWS_WITH_AS(Dataset(runs.options, "all"), Contains("b.h5"), DataError);
}

TEST_CASE("the loader gives the batches of the order, the last one smaller, and then nothing") {
  Runs runs;
  runs.add("a.h5", {.trajectories = 2, .steps = 6});
  const Dataset data(runs.options, "all");
  const std::vector<std::int64_t> order{7, 0, 2, 1, 5};
  BatchLoader loader(data, order, 2, 2);
  std::vector<std::int64_t> sizes;
  std::size_t seen = 0;
  for (auto batch = loader.next(); batch.size > 0; batch = loader.next(std::move(batch))) {
    sizes.push_back(batch.size);
    for (std::int64_t b = 0; b < batch.size; ++b, ++seen) {
      const Sample expected(data, order[seen], 2);
      CHECK(at(batch.in.ref()[b][0], 3, 3) == at(expected.in.ref()[0], 3, 3));
      CHECK(at(batch.out.ref()[b][1][0], 3, 3) == at(expected.out.ref()[1][0], 3, 3));
    }
  }
  CHECK(sizes == std::vector<std::int64_t>{2, 2, 1});
  CHECK(loader.next().size == 0);
}

TEST_CASE("the loader passes on what went wrong on its thread, after the batches before it") {
  Runs runs;
  runs.add("a.h5", {});
  const Dataset data(runs.options, "all");
  BatchLoader loader(data, {0, 1, 99}, 1);
  CHECK(loader.next().size == 1);
  CHECK(loader.next().size == 1);
  CHECK_THROWS_AS(loader.next(), ShapeError);
  CHECK_THROWS_AS(BatchLoader(data, {0}, 0), ConfigError);
}

TEST_CASE("a loader may be left early and two may read one data set") {
  Runs runs;
  runs.add("a.h5", {.trajectories = 8, .steps = 6});
  const Dataset data(runs.options, "all");
  std::vector<std::int64_t> order(40);
  for (int i = 0; i < 40; ++i) order[i] = i;
  BatchLoader left(data, order, 3), whole(data, order, 4);
  CHECK(left.next().size == 3);
  std::int64_t total = 0;
  for (auto batch = whole.next(); batch.size > 0; batch = whole.next()) total += batch.size;
  CHECK(total == 40);
}
