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

/// 1 m of water, x from `low` to 100 m in cells of 25 cm, waves of 2 cm centred at 50 m, going to -x, and at -50 m,
/// going to +x, each alone on still water: they are at x = 0 at the same time.
AnySolver two_waves(double low, double from_inside, double from_outside, const std::string& options) {
  const int n = static_cast<int>(4 * (100 - low));
  AnySolver solver = make_case("[grid]\nnx = " + std::to_string(n) + "\nny = 4\nx = [" + std::to_string(low) +
                               ", 100]\ny = [0, 1]\nboundary_x = [" + (low < 0 ? "\"open\"" : "\"inflow\"") +
                               ", \"open\"]\nboundary_y = [\"wall\", \"wall\"]\n[solver]\nbathymetry = -1.0\n" +
                               options);
  HostArray eta(DType::f64, {4, n}), velocity(DType::f64, {4, n, 2});
  const auto e = eta.values<double>(), u = velocity.values<double>();
  for (int k = 0; k < 4 * n; ++k) {
    const double x = low + 0.25 * (k % n + 0.5);
    const double inside = from_inside * std::exp(-std::pow((x - 50) / 6, 2)),
                 outside = from_outside * std::exp(-std::pow((x + 50) / 6, 2));
    const auto speed = [](double a) { return 2 * (std::sqrt(9.80665 * (1 + a)) - std::sqrt(9.80665)); };
    e[k] = inside + outside;
    u[2 * k] = speed(outside) - speed(inside);
  }
  const NamedArray fields[] = {{"eta", eta.ref()}, {"velocity", velocity.ref()}};
  solver->write(fields);
  return solver;
}

/// The largest difference of eta within 0 ... 100 m between a domain that ends at 0 and one that goes on.
double reflected(SolverInterface& cut, SolverInterface& whole, double time) {
  advance_to(cut, time);
  advance_to(whole, time);
  const auto a = field_of(cut, "eta"), b = field_of(whole, "eta");
  double most = 0;
  for (int i = 0; i < 400; ++i) most = std::max(most, std::fabs(a[i] - b[i + 400]));
  return most;
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

TEST_CASE("an inflow boundary takes in a wave while another leaves, and waves leave after its last time") {
  // The wave from outside as it passes x = 0 in the whole domain is what the cut one takes in.
  AnySolver alone = two_waves(-100, 0, 0.02, "gauges = { g = [0, 0.5] }\n");
  advance_to(*alone, 30);
  const Table gauge = alone->tables().at(0);
  std::vector<double> times{0}, eta{0};
  for (std::int64_t row = 0; row < gauge.rows(); ++row) {
    if (gauge.values[4 * row] <= times.back()) continue;
    times.push_back(gauge.values[4 * row]), eta.push_back(gauge.values[4 * row + 1]);
  }
  const std::string inflow = "inflow = { file = \"" + wave_file(times, eta) + "\" }\n";
  const auto error = [&](double from_inside, double from_outside) {
    return reflected(*two_waves(0, from_inside, from_outside, inflow), *two_waves(-100, from_inside, from_outside, ""),
                     26);
  };
  const double taken_in = error(0, 0.02) / 0.02, both = error(0.02, 0.02) / 0.02;
  MESSAGE("of a crest: error of the wave taken in ", taken_in, ", with another that leaves ", both);
  CHECK(taken_in < 0.02);
  CHECK(both < 0.02);

  // The series is over, or has not begun: still water.
  const std::string still = "inflow = { file = \"" + wave_file({0, 1}, {0, 0}) + "\"";
  CHECK(reflected(*two_waves(0, 0.02, 0, still + " }\n"), *two_waves(-100, 0.02, 0, ""), 26) < 0.02 * 0.002);
  // Where a wall is asked for all of it comes back, and only there.
  CHECK(reflected(*two_waves(0, 0.02, 0, still + ", after = \"wall\" }\n"), *two_waves(-100, 0.02, 0, ""), 26) >
        0.02 * 0.95);
  std::filesystem::remove("test_inflow_wave.h5");
}

TEST_CASE("an inflow boundary over a bed that is not below sea level holds the surface at that of its file") {
  const std::string inflow = "bathymetry = 1.0\ninflow = { file = \"" + wave_file({0, 1}, {2, 2}) + "\" }\n";
  AnySolver solver = make_case("[grid]\nnx = 50\nny = 4\nx = [0, 50]\ny = [0, 4]\nboundary_x = [\"inflow\", \"wall\"]\n"
                               "boundary_y = [\"wall\", \"wall\"]\n[initial]\nprofile = \"lake_at_rest\"\nlevel = 1.5\n"
                               "[solver]\nmanning = 0.1\n" + inflow);
  advance_to(*solver, 600);
  for (const double h : field_of(*solver, "h")) CHECK(h == doctest::Approx(1).epsilon(0.01));
  std::filesystem::remove("test_inflow_wave.h5");
}

TEST_CASE("an inflow boundary sends in the wave of its file and is a wall afterwards where asked") {
  std::vector<double> times, eta;
  for (int n = 0; n <= 100; ++n) {
    times.push_back(0.1 * n);
    eta.push_back(n < 100 ? 0.01 * std::pow(std::sin(0.1 * n * 3.14159265358979 / 10), 2) : 0);
  }
  const std::string inflow = "inflow = { file = \"" + wave_file(times, eta) + "\", after = \"wall\" }\n";
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
