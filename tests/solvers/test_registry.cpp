// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/registry.hpp>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>

using namespace marea;

TEST_CASE("an unknown solver names its place, the nearest one and all known ones") {
  const auto make = [](const char* text) { return make_solver(parse_case_text(text, "case.toml"), MPI_COMM_SELF); };
  CHECK_THROWS_WITH_AS(make("[solver]\nname = \"shalow_water\"\n"),
                       doctest::Contains("unknown solver 'shalow_water', did you mean 'shallow_water'? known: "),
                       ConfigError);
  CHECK_THROWS_WITH_AS(make("[solver]\nname = \"shalow_water\"\n"), doctest::Contains("case.toml:2:"), ConfigError);
  CHECK_THROWS_WITH_AS(make("[solver]\ngravity = 1.0\n"), doctest::Contains("name is missing"), ConfigError);
  CHECK_THROWS_WITH_AS(make(""), doctest::Contains("name is missing"), ConfigError);
}

TEST_CASE("a wrong value in the cells of one rank is thrown on all") {
  const std::string start = R"(
[grid]
nx = 30
ny = 8
x = [0.0, 30.0]
y = [0.0, 8.0]
[solver]
name = "shallow_water"
)";
  const auto make = [&](const std::string& rest) {
    make_solver(parse_case_text(start + rest, "case.toml"), MPI_COMM_WORLD);
  };
  CHECK_THROWS_WITH_AS(make(R"(bathymetry = -10.0
[initial]
profile = "gaussian_hump"
centre = [29.5, 7.5]
radius = 0.5
height = 1.7e308
level = 1.7e308
)"), "initial: the value of cell (j = 7, i = 29) is inf, must be finite", DataError);
  // Its square distance is 926.5, that of the next cell 912.5.
  CHECK_THROWS_WITH_AS(make("bathymetry = { profile = \"paraboloid\", depth = 1.95e305, radius = 1.0 }\n"),
                       "solver.bathymetry: the value of cell (j = 7, i = 29) is inf, must be finite", DataError);
}
