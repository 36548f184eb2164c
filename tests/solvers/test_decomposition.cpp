// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/grid/decomposition.hpp>

#include <doctest/doctest.h>
#include <mpi.h>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/solvers/grid/grid.hpp>

using namespace marea;

TEST_CASE("parts tile the axis and differ by one cell at most") {
  for (const int parts : {1, 2, 3, 4, 7}) {
    std::int64_t next = 0;
    for (int n = 0; n < parts; ++n) {
      const CellRange part = part_of(23, parts, n);
      CHECK(part.begin == next);
      CHECK(part.end - part.begin >= 23 / parts);
      CHECK(part.end - part.begin <= 23 / parts + 1);
      next = part.end;
    }
    CHECK(next == 23);
  }
}

TEST_CASE("ranks stand where the halo is smallest, rows uncut where that costs nothing") {
  CHECK(choose_ranks(1, {64, 64}, 2) == std::vector<int>{1, 1});
  CHECK(choose_ranks(2, {64, 64}, 2) == std::vector<int>{2, 1});
  CHECK(choose_ranks(4, {64, 64}, 2) == std::vector<int>{2, 2});
  CHECK(choose_ranks(2, {16, 256}, 2) == std::vector<int>{1, 2});
  CHECK(choose_ranks(8, {32, 32, 32}, 2) == std::vector<int>{2, 2, 2});
}

TEST_CASE("a grid too small for its ranks names the values and the remedy") {
  CHECK_THROWS_WITH_AS(choose_ranks(4, {4, 4}, 3),
                       "grid: 4 x 4 cells cannot be divided over 4 ranks with at least 3 cells a rank and axis, the "
                       "width of the halo; use fewer ranks or more cells",
                       ConfigError);
  CHECK_THROWS_WITH_AS(check_ranks({4, 1}, 4, {10, 64}, 3),
                       "grid: ny = 10 over 4 ranks leaves 2 cells a rank, the halo needs 3; use fewer ranks along this "
                       "axis or more cells",
                       ConfigError);
  CHECK_THROWS_AS(check_ranks({2, 2}, 3, {64, 64}, 2), ConfigError);
  CHECK_THROWS_AS(check_ranks({2}, 2, {64, 64}, 2), ConfigError);
}

TEST_CASE("a wrong grid says which option is wrong") {
  GridOptions o;
  CHECK_THROWS_WITH_AS(make_grid(o, 2, MPI_COMM_SELF), "grid: nx = 0 must be >= 1; give the cells along x", ConfigError);
  o.nx = 1;
  CHECK_THROWS_WITH_AS(make_grid(o, 2, MPI_COMM_SELF),
                       "grid: nx = 1 must be >= 2, the ghost cells this solver needs at each end; use more cells",
                       ConfigError);
  o.nx = 8;
  o.x = {1, 1};
  CHECK_THROWS_WITH_AS(make_grid(o, 2, MPI_COMM_SELF), "grid: x = [1, 1] must rise", ConfigError);
  o.x = {0, 1};
  o.boundary_x = {"periodic", "wall"};
  CHECK_THROWS_AS(make_grid(o, 2, MPI_COMM_SELF), ConfigError);
  o.boundary_x = {"wall", "sponge"};
  CHECK_THROWS_WITH_AS(make_grid(o, 2, MPI_COMM_SELF, {"inflow"}),
                       "grid: unknown boundary_x 'sponge'; known: periodic, wall, open, inflow", ConfigError);
  o.boundary_x = {"wall", "inflow"};
  const Grid grid = make_grid(o, 2, MPI_COMM_SELF, {"inflow"});
  CHECK(grid.boundary[2][1] == BoundaryKind::other);
  CHECK(grid.info.boundary[0][1] == "inflow");
  CHECK(grid.at_boundary(2, 0));
}

TEST_CASE("members without space stand along one axis, divided over the ranks") {
  int size = 1, rank = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const auto make = [](const std::string& grid) {
    return make_member_grid(parse_case_text("[grid]\n" + grid, "case.toml"), MPI_COMM_WORLD);
  };
  const Grid grid = make("members = 10\n");
  CHECK(grid.dimensions == 1);
  CHECK(grid.info.axis_names == std::vector<std::string>{"member"});
  CHECK(grid.info.centres[0] == std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(grid.info.spacing == std::vector<double>{1});
  CHECK(grid.info.length_unit == "1");
  CHECK(grid.info.boundary[0] == std::array<std::string, 2>{"open", "open"});
  CHECK(grid.info.block.rank == 1);
  CHECK(grid.info.block.global[0] == 10);
  CHECK(grid.info.block.offset[0] == part_of(10, size, rank).begin);
  CHECK(grid.info.block.offset[0] + grid.info.block.extent[0] == part_of(10, size, rank).end);
  CHECK(grid.cells.count(2) == grid.cells.extent(2));
  CHECK(grid.cells.x(0) == grid.info.centres[0][grid.info.block.offset[0]]);
  CHECK(make(to_toml(write_options(grid.options))).options.members == 10);

  CHECK_THROWS_WITH_AS(make("members = 3\nny = 4\n"),
                       "case.toml:3:6: grid: ny = 4 is for solvers with space; give members alone", ConfigError);
  CHECK_THROWS_WITH_AS(make(""), "grid: members = 0 must be >= 1; give the systems to run side by side", ConfigError);
  CHECK_THROWS_WITH_AS(make("members = -1\n"), "case.toml:2:11: grid: members = -1 must be >= 0", ConfigError);
  if (size > 1) CHECK_THROWS_WITH_AS(make("members = 1\n"), doctest::Contains("use fewer ranks or more"), ConfigError);
  GridOptions space;
  space.nx = space.members = 8;
  CHECK_THROWS_WITH_AS(make_grid(space, 0, MPI_COMM_SELF),
                       "grid: members = 8 is for solvers without space; give nx, ny, nz alone", ConfigError);
}
