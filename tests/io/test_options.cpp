// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <limits>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/options.hpp>

using namespace marea;

namespace example {

struct Layer {
  double depth = 1;
};
template <class Visitor> void visit(Visitor&& v, Layer& o) {
  v("depth", o.depth, {"thickness", "m", positive()});
}

struct Options {
  bool adaptive = true;
  int nx = 128;
  std::int64_t seed = 1;
  double cfl = 0.4;
  double until = std::numeric_limits<double>::infinity();
  std::string limiter = "mc";
  std::array<double, 2> centre{};
  std::array<std::string, 2> boundary{"wall", "wall"};
  std::vector<double> times;
  std::vector<std::string> fields{"h"};
  std::vector<int> modes{8, 8};
  OptionTree bathymetry;
  Layer layer;
  std::vector<Layer> layers;
};
template <class Visitor> void visit(Visitor&& v, Options& o) {
  v("adaptive", o.adaptive);
  v("nx", o.nx, {"cells", "", at_least(4)});
  v("seed", o.seed);
  v("cfl", o.cfl, {"Courant number", "1", between(0, 1, Ends::open_closed)});
  v("until", o.until, {"end", "s"});
  v("limiter", o.limiter, {"slope limiter", "", one_of({"minmod", "mc", "superbee"})});
  v("centre", o.centre, {"centre", "m"});
  v("boundary", o.boundary, {"kinds", "", one_of({"wall", "open"})});
  v("times", o.times, {"times", "s", at_least(0)});
  v("fields", o.fields);
  v("modes", o.modes, {"modes", "", at_least(1)});
  v("bathymetry", o.bathymetry);
  v("layer", o.layer);
  v("layers", o.layers);
}

/// The message of the error that reading this text gives, or "" without one.
std::string message_of(const std::string& text) {
  Options options;
  try {
    read_options(options, parse_toml(text, "case.toml"), "solver");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

}  // namespace example

using example::message_of;
using example::Options;

TEST_CASE("read_options fills every kind of member and keeps the defaults of the others") {
  Options o;
  read_options(o, parse_toml(R"(
adaptive = false
nx = 64
cfl = 1
limiter = "minmod"
centre = [1, 2.5]
boundary = ["open", "wall"]
times = [0, 0.5]
modes = [4, 6]
bathymetry = {file = "b.h5"}
layers = [{depth = 2}, {}]
[layer]
depth = 3.5
)", "case.toml"), "solver");

  CHECK(!o.adaptive);
  CHECK(o.nx == 64);
  CHECK(o.seed == 1);
  CHECK(o.cfl == 1);
  CHECK(o.limiter == "minmod");
  CHECK(o.centre == std::array{1.0, 2.5});
  CHECK(o.boundary == std::array<std::string, 2>{"open", "wall"});
  CHECK(o.times == std::vector{0.0, 0.5});
  CHECK(o.fields == std::vector<std::string>{"h"});
  CHECK(o.modes == std::vector{4, 6});
  CHECK(o.bathymetry.find("file")->as_string() == "b.h5");
  CHECK(o.layer.depth == 3.5);
  CHECK(o.layers.size() == 2);
  CHECK(o.layers[0].depth == 2);
  CHECK(o.layers[1].depth == 1);
}

TEST_CASE("an unknown option names its place, the nearest known name and all of them") {
  CHECK(message_of("nx = 8\nclf = 0.5") ==
        "case.toml:2:7: solver: unknown option 'clf', did you mean 'cfl'? known: adaptive, nx, seed, cfl, until, "
        "limiter, centre, boundary, times, fields, modes, bathymetry, layer, layers");
  CHECK(message_of("entirely = 1").find("'entirely'; known: adaptive") != std::string::npos);
  CHECK(message_of("[layer]\ndpeth = 1") ==
        "case.toml:2:9: solver.layer: unknown option 'dpeth', did you mean 'depth'? known: depth");
  Options o;
  CHECK_NOTHROW(read_options(o, parse_toml("gravity = 9.8", "case.toml"), "solver", {"gravity"}));
}

TEST_CASE("a wrong value names its place, key, value and the rule") {
  CHECK(message_of("cfl = 1.5") == "case.toml:1:7: solver: cfl = 1.5 must lie in (0, 1]");
  CHECK(message_of("cfl = 0") == "case.toml:1:7: solver: cfl = 0 must lie in (0, 1]");
  CHECK(message_of("cfl = nan") == "case.toml:1:7: solver: cfl = nan must be a finite number");
  CHECK(message_of("cfl = inf") == "case.toml:1:7: solver: cfl = inf must be a finite number");
  CHECK(message_of("until = nan") == "case.toml:1:9: solver: until = nan must be a number, not NaN");
  CHECK(message_of("until = inf") == "");
  CHECK(message_of("cfl = \"big\"") == "case.toml:1:7: solver: cfl = \"big\" must be a number");
  CHECK(message_of("nx = 3") == "case.toml:1:6: solver: nx = 3 must be >= 4");
  CHECK(message_of("nx = 8.0") == "case.toml:1:6: solver: nx = 8.0 must be an integer");
  CHECK(message_of("nx = 5000000000") == "case.toml:1:6: solver: nx = 5000000000 must fit into a 32-bit integer");
  CHECK(message_of("seed = 5000000000") == "");
  CHECK(message_of("adaptive = 1") == "case.toml:1:12: solver: adaptive = 1 must be true or false");
  CHECK(message_of("limiter = 1") ==
        "case.toml:1:11: solver: limiter = 1 must be a string: write it in quotation marks");
  CHECK(message_of("limiter = \"minmdo\"") ==
        "case.toml:1:11: solver: limiter = \"minmdo\" must be one of minmod, mc, superbee; did you mean 'minmod'?");
  CHECK(message_of("layer = 1") == "case.toml:1:9: solver: layer = 1 must be a table");
  CHECK(message_of("layers = [{depth = 0}]") == "case.toml:1:20: solver.layers: depth = 0 must be > 0");
}

TEST_CASE("arrays are checked for length and for each element") {
  CHECK(message_of("centre = [1]") == "case.toml:1:10: solver: centre = [1] must be an array of 2 values");
  CHECK(message_of("centre = 1") == "case.toml:1:10: solver: centre = 1 must be an array of 2 values");
  CHECK(message_of("centre = [1, nan]") == "case.toml:1:14: solver: centre = nan must be a finite number");
  CHECK(message_of("times = [1, -2]") == "case.toml:1:13: solver: times = -2 must be >= 0");
  CHECK(message_of("modes = [1, 0]") == "case.toml:1:13: solver: modes = 0 must be >= 1");
  CHECK(message_of("boundary = [\"wall\", \"opne\"]") ==
        "case.toml:1:21: solver: boundary = \"opne\" must be one of wall, open; did you mean 'open'?");
}

TEST_CASE("check_options finds what C++ callers set wrong") {
  Options o;
  CHECK_NOTHROW(check_options(o, "example"));
  o.cfl = 1.5;
  CHECK_THROWS_WITH_AS(check_options(o, "example"), "example: cfl = 1.5 must lie in (0, 1]", ConfigError);
  o.cfl = 0.5;
  o.layer.depth = -1;
  CHECK_THROWS_WITH_AS(check_options(o, "example"), "example.layer: depth = -1.0 must be > 0", ConfigError);
  o.layer.depth = 1;
  o.layers.push_back({0});
  CHECK_THROWS_WITH_AS(check_options(o, "example"), "example.layers: depth = 0.0 must be > 0", ConfigError);
}

TEST_CASE("what write_options writes reads back to the same options") {
  Options o;
  o.cfl = 0.1 + 0.2;
  o.until = 1e300;
  o.limiter = "minmod";
  o.centre = {-1e-17, 3};
  o.bathymetry["file"] = "a \"quoted\" name.h5";
  o.layers = {{2}, {0.25}};
  Options again;
  const std::string text = to_toml(write_options(o));
  read_options(again, parse_toml(text, "resolved"), "solver");
  CHECK(write_options(again) == write_options(o));
  CHECK(to_toml(write_options(again)) == text);
  CHECK(again.cfl == o.cfl);
}

TEST_CASE("describe_options lists key, type, default, units and range") {
  const auto rows = describe_options<Options>();
  REQUIRE(rows.size() == 14);
  CHECK(rows[3].key == "cfl");
  CHECK(rows[3].type == "float");
  CHECK(rows[3].default_value == "0.4");
  CHECK(rows[3].units == "1");
  CHECK(rows[3].range == "in (0, 1]");
  CHECK(rows[3].help == "Courant number");
  CHECK(rows[5].range == "minmod, mc, superbee");
  CHECK(rows[6].type == "2 x float");
  CHECK(rows[12].key == "layer.depth");
}

TEST_CASE("nearest_name forgives swaps, case and a few letters, and nothing else") {
  const std::vector<std::string> known{"cfl", "manning", "coriolis"};
  CHECK(nearest_name("clf", known) == "cfl");
  CHECK(nearest_name("CFL", known) == "cfl");
  CHECK(nearest_name("maning", known) == "manning");
  CHECK(nearest_name("coriollis", known) == "coriolis");
  CHECK(nearest_name("gravity", known) == "");
}
