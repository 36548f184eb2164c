// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/regrid.hpp>

#include <algorithm>
#include <array>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>

#include "support/shared_folder.hpp"

using namespace marea;
using doctest::Approx;
using Numbers = std::vector<double>;

namespace {

void write_field(const std::string& path, const Numbers& y, const Numbers& x, Numbers values) {
  const auto list = [](const Numbers& n) { return make_array_ref(n.data(), {static_cast<std::int64_t>(n.size())}); };
  hdf5::File file(path, hdf5::Access::create);
  const auto rows = static_cast<std::int64_t>(y.size()), columns = static_cast<std::int64_t>(x.size());
  file.write_dataset("b", make_array_ref(values.data(), {rows, columns}));
  file.write_dataset("y", list(y));
  file.write_dataset("x", list(x));
}

/// A grid of cells with these centres.
GridInfo grid_of(const Numbers& y, const Numbers& x, double spacing) {
  GridInfo grid;
  const std::array<std::int64_t, 3> cells{std::ssize(y), std::ssize(x)};
  grid.block = {.rank = 2, .global = cells, .offset = {}, .extent = cells};
  grid.axis_names = {"y", "x"};
  grid.centres = {y, x};
  grid.spacing = {spacing, spacing};
  return grid;
}

Numbers regrid(const std::string& path, const GridInfo& grid, const std::string& how) {
  const HostArray field = read_field_on_grid(path, "b", grid, how);
  return {field.values<double>().begin(), field.values<double>().end()};
}

void check_equal(const Numbers& found, const Numbers& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t n = 0; n < found.size(); ++n) CHECK(found[n] == Approx(expected[n]));
}

}  // namespace

TEST_CASE("a plane stays a plane inside the file's points, and keeps its edge values beyond them") {
  const test::SharedFolder folder("regrid_plane");
  const std::string path = folder.file("b.h5");
  const Numbers y{0, 1, 4}, x{-2, 0, 3};
  Numbers plane;
  for (const double b : y)
    for (const double a : x) plane.push_back(1 + 2 * a - b);
  write_field(path, y, x, plane);
  for (const char* how : {"linear", "mean"})
    check_equal(regrid(path, grid_of({0.5, 2.5}, {-1, 1}, 0.5), how), {-1.5, 2.5, -3.5, 0.5});
  check_equal(regrid(path, grid_of({-5, 9}, {9}, 1), "linear"), {7, 3});
}

TEST_CASE("linear looks at the centre, mean at the whole cell") {
  const test::SharedFolder folder("regrid_tent");
  const std::string path = folder.file("b.h5");
  write_field(path, {0, 1}, {0, 1, 2}, {0, 1, 0, 0, 1, 0});
  const GridInfo whole = grid_of({0.5}, {1}, 2), middle = grid_of({0.5}, {1}, 1);
  check_equal(regrid(path, whole, "linear"), {1});
  check_equal(regrid(path, whole, "mean"), {0.5});
  check_equal(regrid(path, middle, "mean"), {0.75});
}

TEST_CASE("north to south gives the bits of south to north") {
  const test::SharedFolder folder("regrid_falling");
  const GridInfo grid = grid_of({0.25, 1, 2.75}, {0.5, 1.5}, 0.5);
  Numbers y{0, 1, 3}, values{1, 2, 3, 4, 5, 6};
  write_field(folder.file("rising.h5"), y, {0, 2}, values);
  std::reverse(y.begin(), y.end());
  write_field(folder.file("falling.h5"), y, {0, 2}, {5, 6, 3, 4, 1, 2});
  for (const char* how : {"linear", "mean"})
    CHECK(regrid(folder.file("falling.h5"), grid, how) == regrid(folder.file("rising.h5"), grid, how));
}

TEST_CASE("a rank takes its own cells of a file that stands on the grid") {
  const test::SharedFolder folder("regrid_none");
  const std::string path = folder.file("b.h5");
  write_field(path, {0, 1}, {0, 1, 2}, {1, 2, 3, 4, 5, 6});
  GridInfo grid = grid_of({0, 1}, {0, 1, 2}, 1);
  grid.block.offset = {1, 1};
  grid.block.extent = {1, 2};
  CHECK(regrid(path, grid, "none") == Numbers{5, 6});
  CHECK_THROWS_WITH_AS(regrid(path, grid_of({0, 1}, {0, 1}, 1), "none"),
                       doctest::Contains("has 3 values along x, the grid has 2 cells"), ShapeError);
}
