// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/simulation.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <optional>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/io/file_lock.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/progress.hpp>
#include <marea/io/snapshot_reader.hpp>
#include <marea/solvers/ensemble.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/simulation_options.hpp>

using namespace marea;
namespace fs = std::filesystem;

namespace {

int world_rank() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}
int world_size() {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

/// An empty folder of this test's own, the same on every rank.
std::string fresh_folder(const std::string& name) {
  const std::string folder = "simulation_np" + std::to_string(world_size()) + "/" + name;
  MPI_Barrier(MPI_COMM_WORLD);
  if (world_rank() == 0) fs::remove_all(folder);
  MPI_Barrier(MPI_COMM_WORLD);
  return folder;
}

OptionTree test_case(const std::string& folder, std::vector<std::string> overrides = {}) {
  overrides.insert(overrides.begin(), "output.folder=\"" + folder + "\"");
  return parse_case_text(R"(
[grid]
nx = 24
ny = 20
x = [0.0, 24.0e3]
y = [0.0, 20.0e3]
boundary_x = ["open", "open"]
boundary_y = ["wall", "open"]
[solver]
name = "shallow_water"
bathymetry = -50.0
manning = 0.025
[solver.gauges]
buoy = [9.5e3, 9.5e3]
[initial]
profile = "gaussian_hump"
centre = [8.0e3, 9.0e3]
radius = 3.0e3
height = 1.5
[output]
every = 60.0
fields = ["h", "velocity", "eta"]
precision = "double"
[run]
end_time = 300.0
)", "case.toml", overrides);
}

/// All numbers of a snapshot file.
std::vector<double> content(const std::string& path) {
  const SnapshotReader reader(path);
  std::vector<double> all(reader.times());
  for (const std::string name : {"h", "velocity", "eta", "bathymetry", "max_eta", "arrival_time"}) {
    const FieldInfo& field = reader.field(name);
    std::vector<std::int64_t> extents{20, 24};
    if (field.rank > 0) extents.push_back(2);
    HostArray values(DType::f64, extents);
    const bool constant = field.role == FieldRole::fixed || field.role == FieldRole::diagnostic;
    for (std::size_t n = 0; n < (constant ? 1 : reader.times().size()); ++n) {
      reader.read(name, 0, static_cast<std::int64_t>(n), values.ref());
      all.insert(all.end(), values.values<double>().begin(), values.values<double>().end());
    }
  }
  for (const Table& table : reader.tables()) all.insert(all.end(), table.values.begin(), table.values.end());
  return all;
}

/// Content of the uninterrupted run on one rank; every rank has it.
std::vector<double> reference() {
  const std::string folder = fresh_folder("reference");
  if (world_rank() == 0) simulate(test_case(folder), MPI_COMM_SELF);
  MPI_Barrier(MPI_COMM_WORLD);
  return content(folder + "/run.h5");
}

SimulationHooks stop_after(int steps) {
  SimulationHooks hooks;
  hooks.stop = [left = steps]() mutable { return --left <= 0; };
  return hooks;
}

void write_text(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
std::string read_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a run gives the same numbers on any rank count") {
  const std::string folder = fresh_folder("ranks");
  const SimulationResult result = simulate(test_case(folder), MPI_COMM_WORLD);
  CHECK(result.status == RunStatus::finished);
  CHECK(result.time == 300);
  CHECK(result.snapshot_file == folder + "/run.h5");
  const SnapshotReader reader(result.snapshot_file);
  CHECK(reader.complete());
  CHECK(reader.times() == std::vector<double>{0, 60, 120, 180, 240, 300});
  CHECK(content(result.snapshot_file) == reference());
}

TEST_CASE("a stopped run goes on to the same bits, on the same and on another rank count") {
  const auto expected = reference();
  for (const int steps : {1, 7, 13}) {
    const std::string folder = fresh_folder("stopped");
    const SimulationResult stopped = simulate(test_case(folder), MPI_COMM_WORLD, stop_after(steps));
    CHECK(stopped.status == RunStatus::stopped);
    CHECK(stopped.time < 300);
    CHECK(!SnapshotReader(stopped.snapshot_file).complete());
    MPI_Barrier(MPI_COMM_WORLD);
    if (steps == 7) {
      if (world_rank() == 0) CHECK(simulate(test_case(folder), MPI_COMM_SELF).status == RunStatus::finished);
    } else {
      CHECK(simulate(test_case(folder), MPI_COMM_WORLD).status == RunStatus::finished);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    CHECK(content(stopped.snapshot_file) == expected);
  }
}

TEST_CASE("checkpoints along the way change no bit, and one of them can be named") {
  const std::string folder = fresh_folder("checkpoints");
  std::vector<std::string> written;
  SimulationHooks hooks;
  hooks.event = [&](const std::string& event, const OptionTree& values) {
    if (event == "checkpoint") written.push_back(values.find("file")->as_string());
  };
  simulate(test_case(folder, {"output.checkpoint_every=70.0"}), MPI_COMM_WORLD, hooks);
  const auto expected = reference();
  CHECK(content(folder + "/run.h5") == expected);
  MPI_Barrier(MPI_COMM_WORLD);  // nobody reads the file that rank 0 goes on writing
  if (world_rank() == 0) {
    CHECK(written.size() == 4);
    SimulationHooks from;
    from.restart = written.back();
    CHECK(simulate(test_case(folder), MPI_COMM_SELF, from).status == RunStatus::finished);
    CHECK(content(folder + "/run.h5") == expected);
  }
}

TEST_CASE("a finished run is passed over, one of another configuration refused, --restart never overwrites") {
  const std::string folder = fresh_folder("again");
  simulate(test_case(folder), MPI_COMM_WORLD);
  CHECK(simulate(test_case(folder), MPI_COMM_WORLD).steps == 0);
  CHECK(simulate(test_case(folder, {"run.wall_limit=\"1h\""}), MPI_COMM_WORLD).steps == 0);
  CHECK_THROWS_WITH_AS(simulate(test_case(folder, {"solver.manning=0.03"}), MPI_COMM_WORLD),
                       doctest::Contains("solver.manning was 0.025 and is 0.03"), ConfigError);
  SimulationHooks never;
  never.restart = "never";
  CHECK(simulate(test_case(folder, {"solver.manning=0.03"}), MPI_COMM_WORLD, never).steps > 0);
}

TEST_CASE("a file that a killed run left unreadable is moved aside, an older one of that name stays") {
  const std::string folder = fresh_folder("torn");
  for (const char* aside : {"/run.h5.broken", "/run.h5.broken.2"}) {
    if (world_rank() == 0) {
      fs::create_directories(folder);
      write_text(folder + "/run.h5", aside);
      write_text(folder + "/run.lock", "process 1 on somewhere");
    }
    MPI_Barrier(MPI_COMM_WORLD);
    CHECK(simulate(test_case(folder), MPI_COMM_WORLD).status == RunStatus::finished);
    CHECK(read_text(folder + aside) == aside);
    CHECK(!fs::exists(folder + "/run.lock"));
    MPI_Barrier(MPI_COMM_WORLD);
  }
}

TEST_CASE("a file that marea did not write is refused and stays") {
  const std::string folder = fresh_folder("foreign");
  if (world_rank() == 0) {
    fs::create_directories(folder);
    write_text(folder + "/run.h5", "somebody's notes");
  }
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_THROWS_WITH_AS(simulate(test_case(folder), MPI_COMM_WORLD), doctest::Contains("stays as it is"), DataError);
  CHECK(read_text(folder + "/run.h5") == "somebody's notes");
}

TEST_CASE("a run that another process has in hand is refused on all ranks, and nothing is moved") {
  const std::string folder = fresh_folder("twice");
  simulate(test_case(folder), MPI_COMM_WORLD, stop_after(7));
  CHECK(!fs::exists(folder + "/run.lock"));
  MPI_Barrier(MPI_COMM_WORLD);
  const auto refused = [&] {
    CHECK_THROWS_WITH_AS(simulate(test_case(folder), MPI_COMM_WORLD), doctest::Contains("is in use by"), IoError);
    CHECK(!fs::exists(folder + "/run.h5.broken"));
  };
  {
    std::optional<FileLock> first;
    if (world_rank() == 0) first.emplace(folder + "/run.lock");
    MPI_Barrier(MPI_COMM_WORLD);
    refused();
  }
  MPI_Barrier(MPI_COMM_WORLD);
  const int reader = world_rank() == 0 ? ::open((folder + "/run.h5").c_str(), O_RDONLY) : -1;
  if (reader >= 0) ::flock(reader, LOCK_EX);  // as HDF5 holds a file that it writes
  refused();
  if (reader >= 0) ::close(reader);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(simulate(test_case(folder), MPI_COMM_WORLD).status == RunStatus::finished);
}

TEST_CASE("a state that is not finite ends the run on all ranks") {
  const std::string folder = fresh_folder("nan");
  SimulationHooks hooks;
  hooks.make_solver = [](const OptionTree& case_file, MPI_Comm comm) {
    AnySolver solver = make_solver(case_file, comm);
    const Block& b = solver->grid().block;
    HostArray h(DType::f64, {b.extent[0], b.extent[1]});
    solver->read("h", h.ref());
    if (b.offset[0] == 0 && b.offset[1] == 0) h.values<double>()[2] = std::numeric_limits<double>::quiet_NaN();
    solver->write_restart("h", h.ref());
    return solver;
  };
  CHECK_THROWS_AS(simulate(test_case(folder), MPI_COMM_WORLD, hooks), NumericalError);
}

TEST_CASE("unknown fields, missing folders and wrong times are refused with the remedy") {
  const std::string folder = fresh_folder("wrong");
  const auto run = [&](const char* override) { simulate(test_case(folder, {override}), MPI_COMM_WORLD); };
  CHECK_THROWS_WITH_AS(run("output.fields=[\"etta\"]"),
                       doctest::Contains("unknown entry of fields 'etta', did you mean 'eta'?"), ConfigError);
  CHECK_THROWS_WITH_AS(run("output.fields=[\"sea_mask\"]"), doctest::Contains("'sea_mask' in fields is fixed"),
                       ConfigError);
  CHECK_THROWS_AS(run("output.diagnostics=[\"h\"]"), ConfigError);
  CHECK_THROWS_AS(run("output.folder=\"\""), ConfigError);
  CHECK_THROWS_AS(run("run.wall_limit=\"soon\""), ConfigError);
  CHECK_THROWS_AS(run("output.times=[1.0, 2.0]"), ConfigError);
  CHECK_THROWS_AS(run("output.folder=\"/proc/marea\""), IoError);
}

TEST_CASE("durations and snapshot times mean what they say") {
  CHECK(parse_duration("90s") == 90);
  CHECK(parse_duration("1h30m") == 5400);
  CHECK(parse_duration("1.5d") == 129600);
  CHECK(parse_duration("") == std::numeric_limits<double>::infinity());
  CHECK_THROWS_AS(parse_duration("2"), ConfigError);
  OutputOptions output;
  CHECK(snapshot_times(output, 10) == std::vector<double>{0, 10});
  CHECK_THROWS_WITH_AS(snapshot_times(output, RunOptions{}.end_time),
                       "run: end_time is missing; give the physical time to reach", ConfigError);
  output.every = 0.1;
  CHECK(snapshot_times(output, 0.3) == std::vector<double>{0, 0.1, 0.2, 0.3});
  output.every = 4;
  CHECK(snapshot_times(output, 10) == std::vector<double>{0, 4, 8});
}

TEST_CASE("an ensemble that fails does not report its end") {
  std::vector<bool> reports;
  set_progress_sink({[&](const ProgressState& state) { reports.push_back(state.finished); }, 0});
  const auto run = [&](const char* fields) {
    reports.clear();
    simulate_ensemble(test_case(fresh_folder("failing"), {"ensemble.members=3", fields}), MPI_COMM_WORLD);
  };
  CHECK_THROWS_AS(run("output.fields=[\"etta\"]"), ConfigError);
  CHECK(std::count(reports.begin(), reports.end(), true) == 0);
  run("output.fields=[\"eta\"]");
  CHECK(std::count(reports.begin(), reports.end(), true) == (world_rank() == 0 ? 1 : 0));
  set_progress_sink(standard_progress());
}

TEST_CASE("an ensemble runs each member once on any number of ranks, and only the unfinished ones again") {
  const std::string folder = fresh_folder("ensemble");
  const auto case_of = [&](const std::string& where) {
    return test_case(where, {"ensemble.members=5", "ensemble.seed=3",
                             "ensemble.vary={\"initial.height\" = [0.5, 2.0]}"});
  };
  const auto results = simulate_ensemble(case_of(folder), MPI_COMM_WORLD);
  REQUIRE(results.size() == 5);
  for (const auto& r : results) {
    CHECK(r.status == RunStatus::finished);
    CHECK(r.time == 300);
    CHECK(r.steps > 0);
    CHECK(SnapshotReader(r.snapshot_file).complete());
  }
  MPI_Barrier(MPI_COMM_WORLD);
  if (world_rank() == 0) {
    const std::string alone = folder + "_alone";
    fs::remove_all(alone);
    simulate_ensemble(case_of(alone), MPI_COMM_SELF);
    CHECK(content(folder + "/run_0003.h5") == content(alone + "/run_0003.h5"));
    CHECK(content(folder + "/run_0003.h5") != content(alone + "/run_0002.h5"));
    const SnapshotReader reader(folder + "/run_0004.h5");
    CHECK(!reader.schema().split.empty());
    REQUIRE(reader.schema().parameters.size() == 1);
    CHECK(reader.schema().parameters[0].name == "initial.height");
    fs::remove(folder + "/run_0002.h5");
  }
  MPI_Barrier(MPI_COMM_WORLD);
  const auto again = simulate_ensemble(case_of(folder), MPI_COMM_WORLD);
  for (std::size_t n = 0; n < 5; ++n) CHECK((again[n].steps > 0) == (n == 2));
}

TEST_CASE("an ensemble varies whole numbers as whole numbers, each end as likely as the rest") {
  const OptionTree file = parse_case_text(R"(
[grid]
nx = 16
[solver]
name = "burgers"
[initial]
profile = "random_fourier"
[ensemble]
members = 64
[ensemble.vary]
"initial.seed" = [1, 4]
"initial.amplitude" = [1, 2]
)", "case.toml");
  std::map<std::int64_t, int> seen;
  for (const EnsembleMember& member : ensemble_members(file)) {
    const OptionTree* seed = member.case_file.at_path("initial.seed");
    REQUIRE(seed->is_integer());
    ++seen[seed->as_integer()];
    CHECK_FALSE(member.case_file.at_path("initial.amplitude")->is_integer());
  }
  CHECK(seen == std::map<std::int64_t, int>{{1, 16}, {2, 16}, {3, 16}, {4, 16}});
}
