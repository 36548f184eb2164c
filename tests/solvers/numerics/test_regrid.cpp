// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/regrid.hpp>

#include <algorithm>
#include <array>
#include <cmath>
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

Numbers regrid(const std::string& path, const GridInfo& grid, const Regrid& how) {
  const HostArray field = read_field_on_grid(path, "b", grid, how);
  return {field.values<double>().begin(), field.values<double>().end()};
}
Numbers regrid(const std::string& path, const GridInfo& grid, const std::string& method) {
  return regrid(path, grid, Regrid{.method = method});
}

void check_equal(const Numbers& found, const Numbers& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t n = 0; n < found.size(); ++n) CHECK(found[n] == Approx(expected[n]));
}

}  // namespace

TEST_CASE("a plane stays a plane inside the file's points, and keeps its edge values beyond them where it may") {
  const test::SharedFolder folder("regrid_plane");
  const std::string path = folder.file("b.h5");
  const Numbers y{0, 1, 4}, x{-2, 0, 3};
  Numbers plane;
  for (const double b : y)
    for (const double a : x) plane.push_back(1 + 2 * a - b);
  write_field(path, y, x, plane);
  for (const char* how : {"linear", "mean"})
    check_equal(regrid(path, grid_of({0.5, 2.5}, {-1, 1}, 0.5), how), {-1.5, 2.5, -3.5, 0.5});
  check_equal(regrid(path, grid_of({-5, 9}, {9}, 1), Regrid{.beyond_ends = true}), {7, 3});
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

TEST_CASE("auto, the default, is mean along the axes where the file is finer than the grid, else linear") {
  const test::SharedFolder folder("regrid_auto");
  const std::string path = folder.file("b.h5");
  write_field(path, {0, 1}, {0, 1, 2}, {0, 1, 0, 0, 1, 0});
  check_equal(regrid(path, grid_of({0.5}, {1}, 1.5), Regrid{}), {0.625});
  check_equal(regrid(path, grid_of({0.5}, {1}, 1), Regrid{}), {1});
  CHECK(regrid(path, grid_of({0, 1}, {0, 1, 2}, 1), Regrid{}) == Numbers{0, 1, 0, 0, 1, 0});  // the file's own grid
  GridInfo grid = grid_of({0.5}, {1}, 2);
  grid.spacing[1] = 0.5;  // x
  check_equal(regrid(path, grid, Regrid{}), {1});
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

TEST_CASE("a file that ends more than half of its spacing before the outermost centres is refused with both ranges") {
  const test::SharedFolder folder("regrid_coverage");
  const std::string path = folder.file("b.h5");
  write_field(path, {0, 1}, {0, 2, 4}, {1, 2, 3, 4, 5, 6});
  check_equal(regrid(path, grid_of({0, 1}, {-1, 5}, 1), "linear"), {1, 3, 4, 6});  // half a spacing of the file
  for (const char* how : {"linear", "mean"})
    CHECK_THROWS_WITH_AS(regrid(path, grid_of({0, 1}, {-1.01, 5}, 1), how),
                         doctest::Contains("its x = 0 … 4 does not cover the cell centres x = -1.01 … 5 [m]"), DataError);
  CHECK_THROWS_AS(regrid(path, grid_of({0, 2}, {0, 4}, 1), "linear"), DataError);
}

TEST_CASE("none takes a file of the grid's cells only, and turns it where it falls") {
  const test::SharedFolder folder("regrid_none_falls");
  const std::string path = folder.file("b.h5");
  write_field(path, {1, 0}, {0, 1}, {3, 4, 1, 2});
  CHECK(regrid(path, grid_of({0, 1}, {0, 1}, 1), "none") == Numbers{1, 2, 3, 4});
  CHECK_THROWS_WITH_AS(regrid(path, grid_of({0, 1}, {5, 6}, 1), "none"), doctest::Contains("is not the grid's 5 … 6"),
                       DataError);
}

TEST_CASE("gaps count where cells need them, and nowhere else") {
  const test::SharedFolder folder("regrid_gaps");
  const std::string path = folder.file("b.h5");
  const double nan = std::nan("");
  write_field(path, {0, 1, 2}, {0, 1, 2}, {1, 2, nan, 4, 5, nan, nan, nan, nan});
  check_equal(regrid(path, grid_of({0.5}, {0.5}, 1), "linear"), {3});
  CHECK_THROWS_WITH_AS(regrid(path, grid_of({0.5}, {1.5}, 1), "linear"),
                       doctest::Contains("2 of the 4 values that the grid needs are missing or not finite; the first is "
                                         "nan at [0, 2] (y = 0, x = 2)"), DataError);
  check_equal(regrid(path, grid_of({0.5}, {1.5}, 1), Regrid{.missing = 5.5}), {(2 + 5 + 11) / 4.0});
}

TEST_CASE("a linear function comes exactly onto grids of one and three dimensions") {
  const test::SharedFolder folder("regrid_dimensions");
  const std::string path = folder.file("b.h5");
  const auto list = [](const Numbers& n) { return make_array_ref(n.data(), {std::ssize(n)}); };
  const Numbers z{0, 3}, y{0, 1, 4}, x{-2, 0, 3, 4};
  {
    Numbers values;
    for (const double c : z)
      for (const double b : y)
        for (const double a : x) values.push_back(1 + 2 * a - b + 5 * c);
    hdf5::File file(path, hdf5::Access::create);
    file.write_dataset("b", make_array_ref(values.data(), {2, 3, 4}));
    file.write_dataset("z", list(z));
    file.write_dataset("y", list(y));
    file.write_dataset("x", list(x));
    file.write_dataset("line", make_array_ref(values.data(), {4}));
  }
  GridInfo grid;
  grid.axis_names = {"z", "y", "x"};
  grid.centres = {{1, 2}, {0.5, 2.5}, {-1, 1}};
  grid.spacing = {0.5, 0.5, 0.5};
  grid.block = {.rank = 3, .global = {2, 2, 2}, .offset = {1, 0, 0}, .extent = {1, 2, 2}};
  for (const char* how : {"linear", "mean"}) check_equal(regrid(path, grid, how), {8.5, 12.5, 6.5, 10.5});
  GridInfo line = grid;
  line.axis_names = {"x"};
  line.centres = {{-1, 1, 3.5}};
  line.spacing = {0.5};
  line.block = {.rank = 1, .global = {3}, .offset = {}, .extent = {3}};
  const HostArray values = read_field_on_grid(path, "line", line, {});
  check_equal({values.values<double>().begin(), values.values<double>().end()}, {-1, 3, 8});
}
