// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/grid/halo_exchange.hpp>

#include <cmath>
#include <cstdlib>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/solvers/grid/boundary.hpp>

using namespace marea;

namespace {

/// A value that no other cell or variable has, exact in single precision; indices (below 64) wrap on the whole grid,
/// so it is what a periodic ghost repeats.
double label(const Cells& c, int v, int k, int j, int i) {
  const int index[3] = {k, j, i};
  double value = v + 1;
  for (int a = 0; a < 3; ++a) {
    const std::int64_t at = c.offset[a] + index[a] - c.ghost[a];
    value = value * 64 + static_cast<double>((at + c.global[a]) % c.global[a]);
  }
  return value;
}

template <class F> void for_all(const Cells& c, F&& f) {
  for (int k = 0; k < c.extent(0); ++k)
    for (int j = 0; j < c.extent(1); ++j)
      for (int i = 0; i < c.extent(2); ++i) f(k, j, i);
}

bool inside(const Cells& c, int k, int j, int i) {
  return k >= c.begin[0] && k < c.end[0] && j >= c.begin[1] && j < c.end[1] && i >= c.begin[2] && i < c.end[2];
}

template <class Real> int wrong_ghosts(const GridOptions& options, int ghost, int variables) {
  const Grid grid = make_grid(options, ghost, MPI_COMM_WORLD);
  const Cells& c = grid.cells;
  const auto q = make_state<Real>("q", grid, variables);
  const auto host = host_mirror(q);
  for (int v = 0; v < variables; ++v)
    for_all(c, [&](int k, int j, int i) {
      host(v, k, j, i) = inside(c, k, j, i) ? static_cast<Real>(label(c, v, k, j, i)) : Real(-1);
    });
  Kokkos::deep_copy(q, host);
  HaloExchange<Real> halo(grid, variables);
  halo.exchange(q);
  halo.exchange(q);  // the requests serve more than once
  Kokkos::deep_copy(host, q);
  int wrong = 0;
  for (int v = 0; v < variables; ++v)
    for_all(c, [&](int k, int j, int i) { wrong += host(v, k, j, i) != static_cast<Real>(label(c, v, k, j, i)); });
  return wrong;
}

}  // namespace

TEST_CASE("every periodic ghost, corners included, holds the cell it repeats") {
  for (const int ghost : {1, 2, 3}) {
    GridOptions line;
    line.nx = 24;
    CHECK(wrong_ghosts<double>(line, ghost, 1) == 0);
    GridOptions plane = line;
    plane.ny = 19;
    CHECK(wrong_ghosts<double>(plane, ghost, 3) == 0);
    GridOptions box = plane;
    box.nz = 13;
    CHECK(wrong_ghosts<double>(box, ghost, 2) == 0);
  }
}

TEST_CASE("single precision states exchange like double ones") {
  GridOptions plane;
  plane.nx = 16;
  plane.ny = 16;
  CHECK(wrong_ghosts<float>(plane, 2, 3) == 0);
}

TEST_CASE("a split forced along x or y gives the same ghosts") {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  GridOptions plane;
  plane.nx = plane.ny = 24;
  plane.ranks = {1, size};
  CHECK(wrong_ghosts<double>(plane, 3, 2) == 0);
  plane.ranks = {size, 1};
  CHECK(wrong_ghosts<double>(plane, 3, 2) == 0);
}

TEST_CASE("the ghosts are the same whether MPI takes the device's memory or the host's") {
  GridOptions plane;
  plane.nx = 24;
  plane.ny = 19;
  const char* const forms[] = {"0", "1"};
  // A GPU's memory handed to an MPI that does not read it is a fault of the setting: there only what MPI says of itself.
  for (const char* form : forms) {
    if (device_is_host || device_is_emulated) setenv("MAREA_CUDA_AWARE_MPI", form, 1);
    CHECK(wrong_ghosts<double>(plane, 2, 3) == 0);
  }
  unsetenv("MAREA_CUDA_AWARE_MPI");
}

TEST_CASE("walls mirror and turn the normal component, open ends repeat the last cell, on every decomposition") {
  GridOptions o;
  o.nx = 18;
  o.ny = 20;
  o.boundary_x = {"wall", "open"};
  o.boundary_y = {"open", "wall"};
  const Grid grid = make_grid(o, 2, MPI_COMM_WORLD);
  const Cells& c = grid.cells;
  const auto q = make_state<double>("q", grid, 2);
  const auto host = host_mirror(q);
  for (int v = 0; v < 2; ++v)
    for_all(c, [&](int k, int j, int i) { host(v, k, j, i) = inside(c, k, j, i) ? label(c, v, k, j, i) : std::nan(""); });
  Kokkos::deep_copy(q, host);
  HaloExchange<double>(grid, 2).exchange(q);
  Reflection reflection;
  reflection.odd[2] = 1u << 1;  // variable 1 is the x component
  fill_boundaries(grid, q, reflection);
  Kokkos::deep_copy(host, q);

  int wrong = 0;
  for (int v = 0; v < 2; ++v) {
    for_all(c, [&](int k, int j, int i) {
      // Where the ghost's value comes from, in interior indices of the whole grid.
      std::int64_t x = c.offset[2] + i - c.ghost[2], y = c.offset[1] + j - c.ghost[1];
      const double sign = x < 0 && v == 1 ? -1 : 1;
      x = x < 0 ? -x - 1 : x >= 18 ? 17 : x;
      y = y < 0 ? 0 : y >= 20 ? 39 - y : y;
      const double expected = sign * (((v + 1) * 64.0 * 64 + static_cast<double>(y)) * 64 + static_cast<double>(x));
      wrong += host(v, k, j, i) != expected;
    });
  }
  CHECK(wrong == 0);
}
