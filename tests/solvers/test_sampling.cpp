// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "simulation/sampling.hpp"

#include <map>
#include <set>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/solvers/ensemble.hpp>

using namespace marea;

TEST_CASE("Sobol points are those of the published direction numbers") {
  const auto p = sobol_points(1000, max_sobol_dimensions);
  // The first points of the first four dimensions, and number 999 in all (x 1024), from torch.quasirandom.SobolEngine.
  const double first[5][4] = {
      {0, 0, 0, 0}, {.5, .5, .5, .5}, {.75, .25, .25, .25}, {.25, .75, .75, .75}, {.375, .375, .625, .875}};
  for (int n = 0; n < 5; ++n)
    for (int d = 0; d < 4; ++d) CHECK(p[n][d] == first[n][d]);
  const int last[max_sobol_dimensions] = {161, 931, 83,  1013, 991, 865, 879, 729, 833, 647, 23,
                                         453, 485, 969, 851, 571, 289, 673, 695, 39, 343};
  for (int d = 0; d < max_sobol_dimensions; ++d) CHECK(p[999][d] * 1024 == last[d]);
}

TEST_CASE("shifted Sobol points still put one point into each of 2^n equal intervals of every axis") {
  const auto p = sample_unit_cube("sobol", 64, 5, 11);
  for (int d = 0; d < 5; ++d) {
    std::set<int> intervals;
    for (const auto& point : p) intervals.insert(static_cast<int>(point[d] * 64));
    CHECK(intervals.size() == 64);
  }
  CHECK(p == sample_unit_cube("sobol", 64, 5, 11));
  CHECK(p != sample_unit_cube("sobol", 64, 5, 12));
}

TEST_CASE("a latin hypercube has one point in each stratum of every axis") {
  const auto p = sample_unit_cube("latin_hypercube", 37, 4, 3);
  for (int d = 0; d < 4; ++d) {
    std::set<int> strata;
    for (const auto& point : p) strata.insert(static_cast<int>(point[d] * 37));
    CHECK(strata.size() == 37);
  }
}

TEST_CASE("unknown samplings and too many Sobol parameters are refused") {
  CHECK_THROWS_AS(sample_unit_cube("halton", 4, 2, 0), ConfigError);
  CHECK_THROWS_AS(sample_unit_cube("sobol", 4, max_sobol_dimensions + 1, 0), ConfigError);
}

namespace {
const char* case_text = R"(
[solver]
name = "shallow_water"
[initial]
centre = [1.0, 2.0]
height = 1.0
[ensemble]
members = 16
seed = 4
[ensemble.vary]
"initial.height" = [0.5, 4.0]
"initial.centre[1]" = [-1.0, 1.0]
)";
}

TEST_CASE("members carry their parameters in their case file, their split and their name") {
  const auto members = ensemble_members(parse_case_text(case_text, "case.toml"));
  REQUIRE(members.size() == 16);
  std::map<std::string, int> splits;
  std::set<double> heights;
  for (const auto& m : members) {
    ++splits[m.split];
    REQUIRE(m.parameters.size() == 2);
    CHECK(m.parameters[0].name == "initial.height");
    CHECK(m.parameters[0].value >= 0.5);
    CHECK(m.parameters[0].value < 4.0);
    CHECK(m.case_file.at_path("initial.height")->as_double() == m.parameters[0].value);
    CHECK(m.case_file.at_path("initial.centre[1]")->as_double() == m.parameters[1].value);
    CHECK(m.case_file.at_path("initial.centre[0]")->as_double() == 1.0);
    CHECK(m.case_file.find("ensemble") == nullptr);
    heights.insert(m.parameters[0].value);
  }
  CHECK(heights.size() == 16);
  CHECK(splits["train"] == 12);
  CHECK(splits["valid"] == 2);
  CHECK(splits["test"] == 2);
  CHECK(members[7].stem == "run_0007");
}

TEST_CASE("parameters carry the units of the options they set") {
  const auto members = ensemble_members(parse_case_text(R"(
[solver]
name = "shallow_water"
[solver.bathymetry]
profile = "rough"
[initial]
profile = "gaussian_hump"
centre = [0.0, 0.0]
[ensemble.vary]
"initial.centre[1]" = [-1.0, 1.0]
"initial.angle" = [0.0, 90.0]
"solver.bathymetry.wavelength" = [1.0, 2.0]
"solver.coriolis" = [0.0, 1e-4]
"solver.cfl" = [0.5, 0.9]
)", "case.toml"));
  std::vector<std::string> units;
  for (const NamedScalar& p : members.at(0).parameters) units.push_back(p.units);
  CHECK(units == std::vector<std::string>{"m", "degree", "m", "s-1", "1"});
}

TEST_CASE("a wrong ensemble says what is wrong") {
  const auto with = [](const char* override) { return parse_case_text(case_text, "case.toml", {override}); };
  CHECK_THROWS_AS(ensemble_members(with("ensemble.split.train=0.9")), ConfigError);
  CHECK_THROWS_AS(ensemble_members(with("ensemble.members=0")), ConfigError);
  CHECK_THROWS_AS(ensemble_members(with("ensemble.sampling=\"halton\"")), ConfigError);
}
