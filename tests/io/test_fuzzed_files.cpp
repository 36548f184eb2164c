// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <functional>

#include <marea/io/checkpoint.hpp>
#include <marea/io/error.hpp>
#include <marea/io/inspect.hpp>
#include <marea/io/snapshot_reader.hpp>

#include "support/sample_run.hpp"
#include "support/shared_folder.hpp"

using namespace marea;
using test::SampleRun;
using test::SharedFolder;

namespace {

enum class Outcome : int { same, error, different, crash };

/// What reading comes to, in a process of its own: a crash must not end the test. `read` says whether all was right.
Outcome outcome_of(const std::function<bool()>& read) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGALRM}) ::signal(signal, SIG_DFL);
    ::alarm(20);
    auto outcome = Outcome::crash;
    try {
      outcome = read() ? Outcome::same : Outcome::different;
    } catch (const Error&) {
      outcome = Outcome::error;
    } catch (...) {  // no typed error
    }
    ::_exit(static_cast<int>(outcome));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? static_cast<Outcome>(WEXITSTATUS(status)) : Outcome::crash;
}

/// Damages a file in many ways, always the same: a third is cut, the others have up to four bits flipped.
/// \return how often each outcome came
std::array<int, 4> fuzz(const std::string& path, int trials, const std::function<bool()>& read) {
  const std::string bytes = test::bytes_of(path);
  std::uint64_t state = 20261121;
  const auto next = [&] { return state = state * 6364136223846793005u + 1442695040888963407u, state >> 33; };
  std::array<int, 4> count{};
  for (int trial = 0; trial < trials; ++trial) {
    std::string damaged = bytes;
    if (trial % 3 == 0) damaged.resize(next() % bytes.size());
    for (int flip = 0; trial % 3 > 0 && flip <= trial % 4; ++flip)
      damaged[next() % damaged.size()] ^= static_cast<char>(1u << (next() % 8));
    std::ofstream(path, std::ios::binary | std::ios::trunc) << damaged;
    const Outcome outcome = outcome_of(read);
    ++count[static_cast<std::size_t>(outcome)];
    // HDF5 1.10 itself crashes on some damaged files: who asks first, in a process apart, is told.
    if (outcome == Outcome::crash) CHECK_FALSE(inspect_file(path).whole);
  }
  return count;
}

/// Values are right, or NaN where HDF5's index of chunks, which has no checksum, has lost one.
bool holds(const HostArray& array, int component, std::int64_t step, int components = 1) {
  const auto values = array.values<float>();
  for (std::size_t n = 0; n < values.size(); ++n) {
    const auto c = static_cast<std::int64_t>(n) % components, cell = static_cast<std::int64_t>(n) / components;
    const double expected = SampleRun::value(component + static_cast<int>(c), step, cell / 7, cell % 7);
    if (!std::isnan(values[n]) && values[n] != static_cast<float>(expected))
      return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a damaged snapshot file never gives a wrong number of a field") {
  const SharedFolder folder("fuzzed_snapshot");
  const std::string path = folder.file("run.h5");
  SampleRun(MPI_COMM_SELF).write(path, 2);
  const auto count = fuzz(path, 150, [&] {
    const SnapshotReader reader(path);
    HostArray eta(DType::f32, {6, 7}), velocity(DType::f32, {6, 7, 2});
    bool right = reader.times().size() == 2;
    for (std::int64_t step = 0; step < 2; ++step) {
      reader.read("eta", 0, step, eta.ref());
      reader.read("velocity", 0, step, velocity.ref());
      right = right && holds(eta, 0, step) && holds(velocity, 1, step, 2);
    }
    reader.read("max_eta", 0, 0, eta.ref());
    reader.tables();
    return right && holds(eta, 4, 0);
  });
  CHECK(count[static_cast<int>(Outcome::error)] >= 50);  // every cut file at least
  CHECK(count[static_cast<int>(Outcome::different)] == 0);
}

TEST_CASE("a damaged checkpoint always gives a typed error") {
  const SharedFolder folder("fuzzed_checkpoint");
  const SampleRun run(MPI_COMM_SELF);
  CheckpointWriter writer(folder.file("run.checkpoints"), run.grid, 1.5, 3, run.schema.config);
  writer.write("h", run.block(0, 3).ref());
  writer.write(SampleRun::gauge());
  const std::string path = writer.commit();
  const auto count = fuzz(path, 150, [&] {
    const CheckpointReader reader(path, run.grid);
    const HostArray h(DType::f64, {6, 7});
    reader.read("h", h.ref());
    return false;
  });
  CHECK(count[static_cast<int>(Outcome::error)] == 150);
}
