// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// What is left when the disk fills up, or the process is killed, at any single write: a typed error, nothing lost that
// was acknowledged, and a program that ends by itself.
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>

#include <doctest/doctest.h>

#include <marea/io/checkpoint.hpp>
#include <marea/io/error.hpp>
#include <marea/io/export.hpp>
#include <marea/io/hdf5.hpp>
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

/// Whether the fault happens at this call that changes a file.
bool fails() {
  if (writes_left == never || writes_left-- > 0) return false;
  writes_left = fault == Fault::full_disk ? 0 : never;
  met = true;
  return true;
}

/// What a write gives: where it fails only half of its bytes find room, and none the next time.
template <class Write> ssize_t with_faults(size_t count, Write&& write) {
  thread_local bool halved = false;
  if (!fails()) return write(count);
  if (fault == Fault::kill) {
    write(count / 2);
    ::_exit(killed);
  }
  halved = !halved && count > 1;
  if (halved) {
    writes_left = 0;
    return write(count / 2);
  }
  errno = ENOSPC;
  return -1;
}

void maybe_killed() {
  if (fault == Fault::kill && fails()) ::_exit(killed);
}

template <class Function> Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// The dynamic linker takes these before the C library's.
extern "C" ssize_t pwrite(int file, const void* bytes, size_t count, off_t start) {
  static const auto real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return with_faults(count, [&](size_t n) { return real(file, bytes, n, start); });
}
extern "C" ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t start) {
  static const auto real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return with_faults(count, [&](size_t n) { return real(file, bytes, n, start); });
}
extern "C" ssize_t write(int file, const void* bytes, size_t count) {
  static const auto real = next<ssize_t(int, const void*, size_t)>("write");
  return with_faults(count, [&](size_t n) { return real(file, bytes, n); });
}
extern "C" int ftruncate(int file, off_t size) noexcept {
  static const auto real = next<int(int, off_t)>("ftruncate");
  maybe_killed();
  return real(file, size);
}
extern "C" int unlink(const char* path) noexcept {
  static const auto real = next<int(const char*)>("unlink");
  maybe_killed();
  return real(path);
}
extern "C" int rename(const char* from, const char* to) noexcept {
  static const auto real = next<int(const char*, const char*)>("rename");
  maybe_killed();
  return real(from, to);
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

namespace {

/// Every value of every field, and the tables.
std::vector<std::vector<float>> content_of(const std::string& path) {
  const SnapshotReader reader(path);
  std::vector<std::vector<float>> content;
  const auto append = [&](const std::string& field, std::int64_t step, std::vector<std::int64_t> extents) {
    const HostArray values(DType::f32, std::move(extents));
    reader.read(field, 0, step, values.ref());
    content.emplace_back(values.values<float>().begin(), values.values<float>().end());
  };
  for (std::int64_t step = 0; step < std::ssize(reader.times()); ++step) {
    content.push_back({static_cast<float>(reader.times()[static_cast<std::size_t>(step)])});
    append("eta", step, {6, 7});
    append("velocity", step, {6, 7, 2});
  }
  for (const char* constant : {"bathymetry", "max_eta"}) append(constant, 0, {6, 7});
  for (const Table& table : reader.tables()) content.emplace_back(table.values.begin(), table.values.end());
  content.push_back({static_cast<float>(reader.complete())});
  return content;
}

}  // namespace

TEST_CASE("a fault during a run leaves its snapshots, and the run goes on to the same content") {
  const SharedFolder folder("faults_run");
  const SampleRun run(MPI_COMM_WORLD);
  const std::string path = folder.file("run.h5"), calm = folder.file("calm.h5");
  run.write(calm, 2);
  const auto expected = content_of(calm);
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
        if (!SnapshotReader(path).complete())
          CHECK_THROWS_WITH_AS(export_snapshot(path, folder.file("well"), "well"), doctest::Contains("finish"),
                               DataError);
        const auto resume = [&] { finish(SnapshotWriter(path, run.schema, run.grid, SnapshotWriter::Mode::resume)); };
        if (fault == Fault::kill) {
          const bool before = met;
          for (int more = 0; more < 3; ++more) work_until_killed(resume, more);
          met = before;
        }
        resume();
        CHECK(!fs::exists(path + ".journal"));
        CHECK(content_of(path) == expected);
        CHECK(content_of(export_snapshot(path, folder.file("well"), "well")) == expected);
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

TEST_CASE("a full disk is told at the write that met it, not when the file is closed") {
  const SharedFolder folder("faults_at_once");
  hdf5::File file(folder.file("file.h5"), hdf5::Access::create);
  const HostArray values(DType::f64, {1 << 17});
  hdf5::Dataset dataset = file.create_dataset("values", DType::f64, {.extents = {1 << 17}});
  fault = Fault::full_disk;
  writes_left = 0;
  CHECK_THROWS_WITH_AS(dataset.write(values.ref()), doctest::Contains("No space left on device"), IoError);
  writes_left = never;
  CHECK_THROWS_AS(file.close(), IoError);
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
