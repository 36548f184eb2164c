// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/thread_limit.hpp>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/host_array.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/grid/reduce.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/runtime.hpp>

using namespace marea;

namespace test_thread_limit {

/// Notes the thread that runs a row.
struct NoteThread {
  std::thread::id* owner;
  KOKKOS_INLINE_FUNCTION void operator()(int, int j, int) const {
#ifndef __CUDA_ARCH__
    owner[j] = std::this_thread::get_id();
#endif
  }
};

struct Index {
  KOKKOS_INLINE_FUNCTION double operator()(int, int j, int i) const { return 100 * j + i; }
};

Grid plane() {
  GridOptions o;
  o.nx = 24;
  o.ny = 16;
  return make_grid(o, 2, MPI_COMM_SELF);
}

/// Threads that a loop over 64 rows takes.
std::size_t threads_taken() {
  std::vector<std::thread::id> owner(64);
  for_each_cell("test", Box{{0, 0, 0}, {1, 64, 1}}, NoteThread{owner.data()});
  return std::set(owner.begin(), owner.end()).size();
}

/// Depth after ten steps of a dam break.
std::vector<double> depth() {
  OptionTree c;
  c["grid"]["nx"] = 24;
  c["grid"]["ny"] = 16;
  c["solver"]["name"] = "shallow_water";
  c["initial"]["profile"] = "dam_break";
  c["initial"]["shape"] = "radial";
  c["initial"]["radius"] = 0.2;
  AnySolver solver = make_solver(c, MPI_COMM_SELF);
  for (int n = 0; n < 10; ++n) solver->step(0.5 * solver->stable_dt());
  const HostArray h(DType::f64, {16, 24});
  solver->read("h", h.ref());
  const auto values = h.values<double>();
  return {values.begin(), values.end()};
}

}  // namespace test_thread_limit

using namespace test_thread_limit;

TEST_CASE("a limit leaves fewer threads to the loops and ends with its scope" * doctest::skip(!device_is_host)) {
  REQUIRE(Runtime::threads() == 3);  // OMP_NUM_THREADS of this test
  CHECK(threads_taken() == 3);
  for (const int limit : {1, 2, 3, 8}) {
    const ThreadLimit only(limit);
    CHECK(ThreadLimit::threads() == std::min(limit, 3));
    CHECK(threads_taken() == static_cast<std::size_t>(std::min(limit, 3)));
    CHECK(band_count(64) == std::min(limit, 3));
  }
  CHECK(threads_taken() == 3);
}

TEST_CASE("a run has the same bits with any limit") {
  const auto expected = depth();
  for (const int limit : {1, 2}) {
    const ThreadLimit only(limit);
    CHECK(depth() == expected);
  }
}

TEST_CASE("an extremum sees every row with any limit") {
  const Grid grid = plane();
  const double largest = local_max("test", grid.cells, Index{});
  for (const int limit : {1, 2, 3}) {
    const ThreadLimit only(limit);
    CHECK(local_max("test", grid.cells, Index{}) == largest);
    CHECK(local_min("test", grid.cells, Index{}) == 100 * grid.cells.begin[1] + grid.cells.begin[2]);
  }
}
