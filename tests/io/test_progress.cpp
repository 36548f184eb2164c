// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/io/log.hpp>
#include <marea/io/progress.hpp>
#include <marea/io/stop_signal.hpp>

#include <mpi.h>

using namespace marea;

namespace {

int world_rank() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

}  // namespace

TEST_CASE("a sink that throws reaches the caller of update, and no destructor") {
  int calls = 0;
  set_progress_sink({[&](const ProgressState&) { ++calls, throw std::runtime_error("no terminal"); }, 0});
  {
    Progress progress("simulate", 2);
    if (world_rank() == 0) CHECK_THROWS_AS(progress.update(1), std::runtime_error);
  }
  CHECK(calls == (world_rank() == 0 ? 2 : 0));
  set_progress_sink(standard_progress());
}

TEST_CASE("progress reaches the sink on rank 0 alone, with the last report marked") {
  std::vector<ProgressState> seen;
  set_progress_sink({[&](const ProgressState& state) { seen.push_back(state); }, 0});
  {
    Progress progress("simulate", 10, "s", 4);
    progress.update(5);
    progress.update(7, "loss 0.1");
  }
  set_progress_sink({});
  if (world_rank() != 0) {
    CHECK(seen.empty());
    return;
  }
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].done == 5);
  CHECK(seen[1].note == "loss 0.1");
  CHECK(!seen[1].finished);
  CHECK(seen[2].finished);
  CHECK(seen[2].done == 7);
  // The rate counts 3 of the 7: 4 were done before this run began.
  CHECK(seen[2].rate * seen[2].seconds == doctest::Approx(3));
  CHECK(seen[2].remaining * seen[2].rate == doctest::Approx(3));
}

TEST_CASE("between two intervals nothing is shown, and without a sink nothing ever") {
  int calls = 0;
  set_progress_sink({[&](const ProgressState&) { ++calls; }, 3600});
  {
    Progress progress("train", 100);
    for (int i = 0; i < 100; ++i) progress.update(i);
    CHECK(calls == 0);
    progress.finish();
  }
  CHECK(calls == (world_rank() == 0 ? 1 : 0));
  set_progress_sink({});
  Progress("quiet", 1).update(1);
}

TEST_CASE("a line of progress says how far, how fast and how long") {
  ProgressState state{.task = "train", .unit = "samples", .note = "loss 0.1", .done = 450, .total = 1000,
                      .seconds = 3, .rate = 150, .remaining = 3725};
  CHECK(progress_text(state) == "train  45 %  450/1000 samples, 150 samples/s, 1:02:05 left, loss 0.1");
  state.remaining = 49;
  CHECK(progress_text(state).find("49 s left") != std::string::npos);
  state.finished = true;
  state.seconds = 125;
  CHECK(progress_text(state).find("took 2:05") != std::string::npos);
  state.total = 0;
  CHECK(progress_text(state).find("train  450 samples") == 0);
}

TEST_CASE("a stop signal sets a flag and the former handler comes back") {
  CHECK(!StopSignal::requested());
  {
    StopSignal stop;
    std::raise(SIGTERM);
    CHECK(StopSignal::requested());
    CHECK(StopSignal::number() == SIGTERM);
    StopSignal::clear();
    CHECK(!StopSignal::requested());
    StopSignal::request();
    CHECK(StopSignal::requested());
    StopSignal::clear();
  }
  struct sigaction action {};
  sigaction(SIGUSR1, nullptr, &action);
  CHECK((action.sa_handler == SIG_DFL));
}

TEST_CASE("the log keeps messages of its level in a file, from rank 0") {
  const auto path = std::filesystem::temp_directory_path() / ("marea_log_test_" + std::to_string(world_rank()));
  std::filesystem::remove(path);
  open_log(LogLevel::info, path);
  log_info("grid of ", 3, " cells");
  log_debug("not shown");
  open_log(LogLevel::off);
  log_error("not shown either");
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  const bool first = world_rank() == 0;
  CHECK((text.str().find("info: grid of 3 cells\n") != std::string::npos) == first);
  CHECK(text.str().find("not shown") == std::string::npos);
  if (first) CHECK_THROWS_AS(open_log(LogLevel::info, path / "below_a_file"), IoError);
  open_log(LogLevel::warning);
  std::filesystem::remove(path);
}
