// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/registry.hpp>

#include <algorithm>
#include <string>

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

TEST_CASE("what a solver registers for the evaluation are options and fields that it has") {
  for (const auto& entry : solver_registry()) {
    CAPTURE(entry.name);
    const auto options = entry.options();
    const auto has_option = [&](const std::string& path) {  // "bathymetry" holds "bathymetry.regrid"
      return std::ranges::any_of(options, [&](const auto& row) { return (path + '.').starts_with(row.key + '.'); });
    };
    const auto has_field = [&](const std::string& name) {
      return std::ranges::any_of(entry.fields(), [&](const auto& field) { return field.name == name; });
    };
    for (const auto& knob : entry.knobs) {
      CHECK(has_option(knob.option));
      CHECK((knob.needs.empty() || has_option(knob.needs)));
      CHECK(!knob.values.empty());
      CHECK((knob.reference.empty() || knob.reference == knob.values.front()));
    }
    for (const auto& score : entry.scores)
      for (const auto& [role, name] : score.names) CHECK((role == "option" ? has_option(name) : has_field(name)));
    for (const auto& option : entry.observers) CHECK(has_option(option));
  }
}

TEST_CASE("competing Courant numbers and orders are the largest that the solvers allow") {
  for (const auto& entry : solver_registry())
    for (const auto& knob : entry.knobs)
      for (const auto& row : entry.options())
        if (row.key == knob.option && row.range.ends_with(']')) {  // "must lie in (0, 1]"
          CHECK(knob.values.front().as_double() == std::stod(row.range.substr(row.range.rfind(',') + 1)));
        }
}

TEST_CASE("a score names what it looks at by what the solver calls it") {
  const ScoreEntry fronts{"fronts", {{"depth", "h"}}};
  CHECK(fronts.of("depth") == "h");
  CHECK(fronts.of("surface").empty());
}
