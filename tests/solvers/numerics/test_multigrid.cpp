// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
// The multigrid by itself: iterations that do not grow with the grid, jumps of 1e6, any grid size, any ranks.
#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/io/random.hpp>
#include <marea/solvers/numerics/multigrid/solve.hpp>

#include "support/verification.hpp"

using namespace marea;

namespace {

/// Conductivity along an axis (0, 1, 2 = z, y, x) of a cell, by its numbers on the whole grid.
using Conductivity = std::function<double(int axis, std::int64_t k, std::int64_t j, std::int64_t i)>;

/// A box of n cells along each of its axes, side 1, all its ends held at 0 or periodic.
struct Problem {
  Grid grid;
  multigrid::Conductances<double> of;

  Problem(std::vector<std::int64_t> n, const Conductivity& conductivity, MPI_Comm comm, double length_z = 1,
          const std::string& kind = "wall")
      : grid(make(n, comm, length_z, kind)), of(multigrid::make_conductances<double>(grid)) {
    const Cells& c = grid.cells;
    const auto faces = host_mirror_and_copy(of.faces);
    for (int axis = 3 - grid.dimensions; axis < 3; ++axis) {
      double area = 1;
      for (int a = 3 - grid.dimensions; a < 3; ++a) area *= a == axis ? 1 : c.spacing[a];
      const int d[3] = {axis == 0, axis == 1, axis == 2};
      for (int k = c.begin[0]; k < c.end[0] + d[0]; ++k)
        for (int j = c.begin[1]; j < c.end[1] + d[1]; ++j)
          for (int i = c.begin[2]; i < c.end[2] + d[2]; ++i) {
            const std::int64_t at[3] = {c.offset[0] + k - c.ghost[0], c.offset[1] + j - c.ghost[1],
                                        c.offset[2] + i - c.ghost[2]};
            double resistance = 0;
            for (int side = 0; side < 2; ++side) {
              std::int64_t cell[3] = {at[0] - side * d[0], at[1] - side * d[1], at[2] - side * d[2]};
              if (kind == "periodic") cell[axis] = (cell[axis] + c.global[axis]) % c.global[axis];
              if (cell[axis] < 0 || cell[axis] >= c.global[axis]) continue;
              resistance += c.spacing[axis] / 2 / conductivity(axis, cell[0], cell[1], cell[2]) / area;
            }
            faces(axis - (3 - grid.dimensions), k, j, i) = 1 / resistance;
          }
    }
    if constexpr (!device_is_host) Kokkos::deep_copy(of.faces, faces);
    HaloExchange<double>(grid, grid.dimensions).exchange(of.faces);
  }
  static Grid make(const std::vector<std::int64_t>& n, MPI_Comm comm, double length_z, const std::string& kind) {
    GridOptions o;
    o.nx = n[0];
    o.ny = n.size() > 1 ? n[1] : 0;
    o.nz = n.size() > 2 ? n[2] : 0;
    o.z = {0, length_z};
    o.boundary_x = o.boundary_y = o.boundary_z = {kind, kind};
    return make_grid(o, multigrid::ghost_layers, comm);
  }
  StateView<double> ones() const {
    const auto f = make_state<double>("f", grid, 1);
    Kokkos::deep_copy(f, 1.0);
    return f;
  }
  int iterations(double tolerance = 1e-8) {
    multigrid::DiffusionSolver solver(grid, of);
    return solver.solve(ones(), make_state<double>("u", grid, 1), tolerance).iterations;
  }
};

double uniform(int, std::int64_t, std::int64_t, std::int64_t) { return 1; }
/// 1 or 1e6 by chance in blocks of `size` cells.
Conductivity blocks(std::int64_t size) {
  return [size](int, std::int64_t k, std::int64_t j, std::int64_t i) {
    const auto index = static_cast<std::uint64_t>(((k / size) * 4096 + j / size) * 4096 + i / size);
    return random_uniform(7, 0, index) < 0.5 ? 1.0 : 1e6;
  };
}
/// `in` inside discs that no grid is aligned with, `out` outside.
Conductivity discs(std::int64_t n, double in, double out) {
  return [=](int, std::int64_t, std::int64_t j, std::int64_t i) {
    const double x = 3.3 * (static_cast<double>(i) + 0.5) / static_cast<double>(n);
    const double y = 3.3 * (static_cast<double>(j) + 0.5) / static_cast<double>(n);
    return std::hypot(x - std::floor(x) - 0.5, y - std::floor(y) - 0.5) < 0.3 ? in : out;
  };
}
Conductivity layers(std::int64_t n, double jump) {
  return [=](int, std::int64_t, std::int64_t j, std::int64_t) { return 13 * j / n % 2 == 1 ? jump : 1.0; };
}
/// The bits of u after a solution, this rank's part.
std::vector<double> solution(const Problem& p) {
  const auto u = make_state<double>("u", p.grid, 1);
  multigrid::DiffusionSolver(p.grid, p.of).solve(p.ones(), u, 1e-8);
  const auto host = host_mirror_and_copy(u);
  const Cells& c = p.grid.cells;
  std::vector<double> values;
  for (int k = c.begin[0]; k < c.end[0]; ++k)
    for (int j = c.begin[1]; j < c.end[1]; ++j)
      for (int i = c.begin[2]; i < c.end[2]; ++i) values.push_back(host(0, k, j, i));
  return values;
}
/// This rank's part of a solution that one rank has made alone.
std::vector<double> part_of_whole(const Problem& mine, const std::vector<double>& whole) {
  const Cells& c = mine.grid.cells;
  std::vector<double> values;
  for (int k = 0; k < c.count(0); ++k)
    for (int j = 0; j < c.count(1); ++j)
      for (int i = 0; i < c.count(2); ++i)
        values.push_back(whole[static_cast<std::size_t>(
            ((c.offset[0] + k) * c.global[1] + c.offset[1] + j) * c.global[2] + c.offset[2] + i)]);
  return values;
}
/// Adds a sink, without which a periodic problem has no solution.
Problem with_sink(Problem p) {
  Kokkos::deep_copy(p.of.sink, 1e-3);
  return p;
}

}  // namespace

// Were the count to grow by one with each doubling, the largest grids would be far beyond these bounds.
TEST_CASE("iterations to 1e-8 do not grow with the grid") {
  const auto of = [](const std::vector<std::int64_t>& n) { return Problem(n, uniform, MPI_COMM_SELF).iterations(); };
  for (const std::int64_t n : {64, 128, 256, 512}) CHECK(of({n, n}) <= 8);
  for (const std::int64_t n : {16, 32, 64}) CHECK(of({n, n, n}) <= 10);
  if (!test::verifying()) return;
  CHECK(of({1024, 1024}) <= 8);
  CHECK(of({128, 128, 128}) <= 10);
  test::verify("multigrid, uniform square: iterations on 2048² cells, those on 64²", of({2048, 2048}), of({64, 64}), 1);
  test::verify("multigrid, uniform cube: iterations on 256³ cells, those on 32³", of({256, 256, 256}), of({32, 32, 32}),
               1);
}

TEST_CASE("nor do they where the conductivity jumps by 1e6 across layers, one block and discs of no grid's shape") {
  for (const std::int64_t n : {64, 128, 256}) {
    CAPTURE(n);
    const auto block = [n](int, std::int64_t, std::int64_t j, std::int64_t i) {
      return i > n / 3 && i < n / 2 && j > n / 5 && j < 3 * n / 4 ? 1e6 : 1.0;
    };
    CHECK(Problem({n, n}, layers(n, 1e6), MPI_COMM_SELF).iterations() <= 14);
    CHECK(Problem({n, n}, block, MPI_COMM_SELF).iterations() <= 13);
    CHECK(Problem({n, n}, discs(n, 1e6, 1), MPI_COMM_SELF).iterations() <= 25);
    CHECK(Problem({n, n}, discs(n, 1, 1e6), MPI_COMM_SELF).iterations() <= 18);
  }
  if (!test::verifying()) return;
  const auto across_layers = [](std::int64_t n) { return Problem({n, n}, layers(n, 1e6), MPI_COMM_SELF).iterations(); };
  test::verify("multigrid, jump of 1e6 across layers: iterations on 1024² cells, those on 64²", across_layers(1024),
               across_layers(64), 3);
}

TEST_CASE("nor in a plate a hundred times thinner than wide, nor where one axis conducts a thousand times as well") {
  const auto along_y = [](int axis, std::int64_t, std::int64_t, std::int64_t) { return axis == 1 ? 1e3 : 1.0; };
  for (const std::int64_t n : {16, 32, 64}) CHECK(Problem({n, n, n}, uniform, MPI_COMM_SELF, 0.01).iterations() <= 10);
  for (const std::int64_t n : {64, 128, 256}) CHECK(Problem({n, n}, along_y, MPI_COMM_SELF).iterations() <= 10);
}

TEST_CASE("any size of grid will do") {
  using Sizes = std::vector<std::int64_t>;
  for (const Sizes& n : {Sizes{2}, {3}, {37}, {2, 5}, {41, 39}, {101, 7}, {85, 85},
                                            {241, 241}, {13, 11, 7}, {9, 2, 33}})
    CHECK(Problem(n, uniform, MPI_COMM_SELF).iterations() <= 10);
}

TEST_CASE("any number of ranks gives the bits of one") {
  const auto same = [](const std::vector<std::int64_t>& n, const Conductivity& conductivity, const std::string& kind) {
    CAPTURE(n.size());
    CAPTURE(n[0]);
    CAPTURE(kind);
    const Problem mine = with_sink({n, conductivity, MPI_COMM_WORLD, 1, kind});
    const std::vector<double> whole = solution(with_sink({n, conductivity, MPI_COMM_SELF, 1, kind}));
    const std::vector<double> expected = part_of_whole(mine, whole), found = solution(mine);
    CHECK(std::memcmp(found.data(), expected.data(), expected.size() * sizeof(double)) == 0);
  };
  same({129, 131}, discs(129, 1e6, 1), "wall");
  same({129, 131}, layers(129, 1e3), "periodic");
  same({128, 96}, uniform, "periodic");
  same({37, 31, 29}, uniform, "wall");
  same({37, 31, 29}, discs(37, 10, 1), "periodic");
  same({12, 11}, uniform, "periodic");
}

TEST_CASE("a problem without held boundary or sink is refused, and a tolerance out of reach named") {
  CHECK_THROWS_WITH_AS(Problem({8, 8}, uniform, MPI_COMM_SELF, 1, "periodic").iterations(),
                       doctest::Contains("any constant may be added"), ConfigError);
  const Problem noise({64, 64}, blocks(1), MPI_COMM_SELF);  // where no grid of merged cells is like the fine one
  const auto u = make_state<double>("u", noise.grid, 1);
  CHECK_THROWS_WITH_AS(multigrid::DiffusionSolver(noise.grid, noise.of).solve(noise.ones(), u, 1e-8, 20),
                       doctest::Contains("after 20 iterations, more than the tolerance 1e-08"), NumericalError);
}
