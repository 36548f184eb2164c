// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <filesystem>

#include <doctest/doctest.h>

#include <marea/io/hdf5.hpp>

#include "support/shallow_water_case.hpp"

using namespace marea;
using namespace marea::test;

namespace {

/// Energy left of a hump of 10 cm after it has left a basin 10 m deep and 2 km wide, as a share of the initial one.
double energy_left(const std::string& kind_x, const std::string& kind_y, const std::string& radius, double end) {
  AnySolver solver = make_case(grid_table(80, 80, 0, 2000, 0, 2000, kind_x, kind_y) +
                               "[solver]\nbathymetry = -10.0\n[initial]\nprofile = \"gaussian_hump\"\n"
                               "centre = [1000, 1000]\nheight = 0.1\nradius = " + radius + "\n");
  const double before = invariant(*solver, "energy");
  advance_to(*solver, end);
  return invariant(*solver, "energy") / before;
}

/// A file with times and elevations of an incoming wave.
std::string wave_file(const std::vector<double>& times, const std::vector<double>& eta) {
  const std::string path = "test_inflow_wave.h5";
  hdf5::File file(path, hdf5::Access::create);
  file.write_dataset("time", make_array_ref(times.data(), {static_cast<std::int64_t>(times.size())}));
  file.write_dataset("eta", make_array_ref(eta.data(), {static_cast<std::int64_t>(eta.size())}));
  return path;
}

std::string inflow_case(const std::string& options) {
  return "[grid]\nnx = 100\nny = 4\nx = [0, 100]\ny = [0, 4]\nboundary_x = [\"inflow\", \"open\"]\n"
         "boundary_y = [\"wall\", \"wall\"]\n[solver]\nbathymetry = -1.0\n" + options;
}

}  // namespace

TEST_CASE("plane waves leave through an open boundary") {
  // Both halves of the hump reach the ends after 1000 m / 9.9 m/s = 101 s and have left at 180 s.
  const double reflected = energy_left("open", "periodic", "[150, 1e9]", 180);
  MESSAGE("energy reflected by an open boundary at normal incidence: ", reflected);
  CHECK(reflected < 1e-4);
  CHECK(energy_left("wall", "periodic", "[150, 1e9]", 180) > 0.9);  // a wall keeps it
}

TEST_CASE("round waves leave through open boundaries on all sides, corners too") {
  // The corners are at 1414 m. Grazing waves reflect more than normal ones; the two-dimensional wave leaves a wake.
  const double reflected = energy_left("open", "open", "150", 260);
  MESSAGE("energy left by a round wave: ", reflected);
  CHECK(reflected < 1e-2);
}

TEST_CASE("an open boundary over a bed at sea level lets water pass as if the domain went on") {
  AnySolver solver = make_case(grid_table(60, 4, 0, 6, 0, 0.4, "open", "periodic") +
                               "[initial]\nprofile = \"dam_break\"\nposition = 3\nhigh = 2\nlow = 1\n");
  advance_to(*solver, 0.1);
  CHECK(solver->steps() < 15);  // a step reads two cells to either side: nothing has come from the dam, 30 cells away
  const auto h = field_of(*solver, "h");
  CHECK(h[0] == 2);
  CHECK(h[59] == 1);
  advance_to(*solver, 3);  // they have left: the water between them flows on
  const auto later = field_of(*solver, "h");
  CHECK(later[30] == doctest::Approx(later[10]).epsilon(0.01));
}

TEST_CASE("an inflow boundary sends in the wave of its file and is a wall afterwards") {
  std::vector<double> times, eta;
  for (int n = 0; n <= 100; ++n) {
    times.push_back(0.1 * n);
    eta.push_back(n < 100 ? 0.01 * std::pow(std::sin(0.1 * n * 3.14159265358979 / 10), 2) : 0);
  }
  const std::string inflow = "inflow = { file = \"" + wave_file(times, eta) + "\" }\n";
  AnySolver solver = make_case(inflow_case(inflow + "gauges = { g = [30.5, 2] }\n"));
  advance_to(*solver, 20);
  const Table gauge = solver->tables().at(0);
  double crest = 0, at = 0;
  for (std::int64_t row = 0; row < gauge.rows(); ++row) {
    if (gauge.values[4 * row + 1] > crest) crest = gauge.values[4 * row + 1], at = gauge.values[4 * row];
  }
  CHECK(crest == doctest::Approx(0.01).epsilon(0.02));
  // The crest is flat for some steps of 0.15 s, and the file's surface stands half a cell, 0.16 s, before the domain.
  CHECK(at == doctest::Approx(5 + 30.5 / std::sqrt(9.80665 * 1.01)).epsilon(0.04));
  const double volume = invariant(*solver, "volume");
  advance_to(*solver, 25);  // the wave has not reached the far end, the near end is a wall
  CHECK(invariant(*solver, "volume") == doctest::Approx(volume).epsilon(1e-14));
  std::filesystem::remove("test_inflow_wave.h5");
}

TEST_CASE("an inflow boundary without a wave, or a bad wave, is an error") {
  CHECK_THROWS_WITH_AS(make_case(inflow_case("")), doctest::Contains("solver.inflow.file"), ConfigError);
  const std::string file = "inflow = { file = \"test_inflow_wave.h5\" }\n";
  wave_file({0, 1, 1}, {0, 0, 0});
  CHECK_THROWS_WITH_AS(make_case(inflow_case(file)), doctest::Contains("must increase"), DataError);
  wave_file({0, 1}, {0, NAN});
  CHECK_THROWS_WITH_AS(make_case(inflow_case(file)), doctest::Contains("not finite"), DataError);
  wave_file({0, 1}, {0, 0, 0});
  CHECK_THROWS_AS(make_case(inflow_case(file)), DataError);
  std::filesystem::remove("test_inflow_wave.h5");
  CHECK_THROWS_AS(make_case(inflow_case(file)), IoError);
}
