// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// What is left when the disk fills up, or the process is killed, at any single write: a typed error, nothing lost that
// was acknowledged, and a program that ends by itself.
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>

#include <doctest/doctest.h>

#include <marea/io/checkpoint.hpp>
#include <marea/io/error.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/repair.hpp>
#include <marea/io/snapshot_reader.hpp>

#include "support/sample_run.hpp"
#include "support/shared_folder.hpp"
#include "support/small_model.hpp"

using namespace marea;
using test::SampleRun;
using test::SharedFolder;
namespace fs = std::filesystem;

namespace {

enum class Fault { full_disk, one_failed_write, kill };
constexpr Fault faults[] = {Fault::full_disk, Fault::one_failed_write, Fault::kill};

constexpr int never = -1, killed = 137;
thread_local int writes_left = never;  // before the fault; MPI has threads of its own
Fault fault = Fault::full_disk;
bool met = false;

bool fails() {
  if (writes_left == never || writes_left-- > 0) return false;
  if (fault == Fault::kill) ::_exit(killed);
  writes_left = fault == Fault::full_disk ? 0 : never;
  met = true;
  errno = ENOSPC;
  return true;
}

template <class Function> Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// The dynamic linker takes these before the C library's.
extern "C" ssize_t pwrite(int file, const void* bytes, size_t count, off_t start) {
  static const auto real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return fails() ? -1 : real(file, bytes, count, start);
}
extern "C" ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t start) {
  static const auto real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return fails() ? -1 : real(file, bytes, count, start);
}
extern "C" ssize_t write(int file, const void* bytes, size_t count) {
  static const auto real = next<ssize_t(int, const void*, size_t)>("write");
  return fails() ? -1 : real(file, bytes, count);
}
extern "C" ssize_t writev(int file, const iovec* parts, int count) {
  static const auto real = next<ssize_t(int, const iovec*, int)>("writev");
  return fails() ? -1 : real(file, parts, count);
}

namespace {

/// A number that a killed child leaves to its parent.
std::int64_t& acknowledged() {
  static void* const shared =
      ::mmap(nullptr, sizeof(std::int64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return *static_cast<std::int64_t*>(shared);
}

void work_until_killed(const std::function<void()>& work, int writes) {
  const pid_t child = ::fork();
  if (child == 0) {
    writes_left = writes;
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  REQUIRE((WEXITSTATUS(status) == killed || WEXITSTATUS(status) == 0));
  met = WEXITSTATUS(status) == killed;
}

void work_until_full(const std::function<void()>& work, int writes) {
  std::string problem;
  writes_left = writes;
  try {
    work();
  } catch (const IoError& error) {
    problem = error.what();
  }
  writes_left = never;
  CAPTURE(problem);
  CHECK(met == problem.ends_with("No space left on device"));
  CHECK(met == !problem.empty());
}

/// prepare(), then work() that meets each fault at its first write, at its second, … and look(), until it meets none.
void meet_faults_at_every_write(const std::function<void()>& prepare, const std::function<void()>& work,
                                const std::function<void()>& look) {
  for (const Fault kind : faults) {
    fault = kind;
    int writes = 0;
    for (met = true; met; ++writes) {
      REQUIRE(writes < 1000);
      CAPTURE(static_cast<int>(kind));
      CAPTURE(writes);
      prepare();
      met = false;
      fault == Fault::kill ? work_until_killed(work, writes) : work_until_full(work, writes);
      look();
    }
    CHECK(writes > 5);
  }
}

}  // namespace

TEST_CASE("a fault during a checkpoint leaves the one before") {
  const SharedFolder folder("faults_checkpoint");
  const SampleRun run(MPI_COMM_WORLD, 20, 25);
  const std::string checkpoints = folder.file("run.checkpoints");
  const auto write = [&](std::int64_t step) {
    CheckpointWriter writer(checkpoints, run.grid, 1.0, step, run.schema.config);
    writer.write("h", run.block(0, step).ref());
    writer.write("momentum", run.block(1, step, 2).ref());
    writer.write(SampleRun::gauge());
    writer.commit();
  };
  meet_faults_at_every_write(
      [&] {
        fs::remove_all(checkpoints);
        write(1);
      },
      [&] { write(2); },
      [&] {
        const auto found = latest_checkpoint(checkpoints, MPI_COMM_WORLD);
        REQUIRE(found);
        const std::int64_t steps = CheckpointReader(*found, run.grid).steps();
        CHECK(steps == (met ? 1 : 2));
        if (fault != Fault::kill) CHECK(std::distance(fs::directory_iterator(checkpoints), {}) == steps);
      });
}

TEST_CASE("a fault during a run leaves its snapshots, and the run goes on to the same content") {
  const SharedFolder folder("faults_run");
  const SampleRun run(MPI_COMM_WORLD);
  const std::string path = folder.file("run.h5"), calm = folder.file("calm.h5");
  run.write(calm, 2);
  const auto finish = [&](SnapshotWriter writer) {
    for (std::int64_t step = writer.steps(); step < 2; ++step) {
      run.append(writer, step);
      acknowledged() = step + 1;
    }
    writer.write_constant("max_eta", run.block(4, 0).ref());
    writer.write_table(SampleRun::gauge());
    writer.close();
  };
  meet_faults_at_every_write(
      [&] {
        fs::remove(path);
        acknowledged() = 0;
      },
      [&] {
        SnapshotWriter writer(path, run.schema, run.grid, SnapshotWriter::Mode::create);
        writer.write_constant("bathymetry", run.block(3, 0).ref());
        finish(std::move(writer));
      },
      [&] {
        if (acknowledged() == 0) return;
        CHECK(std::ssize(SnapshotReader(path).times()) >= acknowledged());
        finish(SnapshotWriter(path, run.schema, run.grid, SnapshotWriter::Mode::resume));
        CHECK(!fs::exists(path + ".journal"));
        const SnapshotReader reader(path), expected(calm);
        CHECK(reader.complete());
        CHECK(reader.times() == expected.times());
        CHECK(reader.tables().size() == 1);
        HostArray eta(DType::f32, {6, 7}), wanted(DType::f32, {6, 7});
        const auto same = [&] {
          return std::equal(eta.values<float>().begin(), eta.values<float>().end(), wanted.values<float>().begin());
        };
        for (const char* field : {"eta", "bathymetry", "max_eta"}) {
          reader.read(field, 0, 1, eta.ref());
          expected.read(field, 0, 1, wanted.ref());
          CHECK(same());
        }
      });
}

TEST_CASE("a fault while a file's index grows leaves the snapshots before") {
  const SharedFolder folder("faults_index");
  const SampleRun run(MPI_COMM_WORLD);
  const std::string path = folder.file("run.h5"), before = folder.file("before.h5");
  run.write(before, 63);  // HDF5 splits a node of an index of chunks at 64
  meet_faults_at_every_write(
      [&] {
        fs::copy_file(before, path, fs::copy_options::overwrite_existing);
        acknowledged() = 63;
      },
      [&] {
        SnapshotWriter writer(path, run.schema, run.grid, SnapshotWriter::Mode::resume);
        for (std::int64_t step = 63; step < 66; acknowledged() = ++step) run.append(writer, step);
        writer.close();
      },
      [&] {
        const RepairResult result = repair_snapshot(path);
        CHECK(result.lost_steps == 0);
        CHECK(result.steps >= acknowledged());
        const SnapshotReader reader(path);
        HostArray eta(DType::f32, {6, 7});
        for (const std::int64_t step : {std::int64_t{0}, std::int64_t{40}, acknowledged() - 1}) {
          reader.read("eta", 0, step, eta.ref());
          CHECK(eta.values<float>()[0] == static_cast<float>(SampleRun::value(0, step, 0, 0)));
        }
      });
}

TEST_CASE("a fault leaves the old model file") {
  const SharedFolder folder("faults_model");
  const std::string path = folder.file("model.h5");
  ModelFile model;
  model.info = test::small_model("fno", test::small_fno(2), {6, 7});
  model.weights.emplace_back("lift", SampleRun(MPI_COMM_SELF, 20, 25).block(0, 0));
  model.golden_input = HostArray(DType::f32, {1, 3, 6, 7});
  model.golden_output = HostArray(DType::f32, {1, 1, 6, 7});
  write_model_file(path, model);
  const std::string before = test::bytes_of(path);
  meet_faults_at_every_write([] {}, [&] { write_model_file(path, model); },
                             [&] {
                               CHECK(test::bytes_of(path) == before);
                               if (fault != Fault::kill) CHECK(!fs::exists(path + ".tmp"));
                             });
}
