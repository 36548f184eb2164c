// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <filesystem>
#include <fstream>
#include <type_traits>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/io/option_text.hpp>
#include <marea/io/where_of.hpp>

using namespace marea;

namespace {

const char* const example = R"([grid]
nx = 240
x = [0.0, 294.0e3]

[solver]
name = "shallow_water"
cfl = 0.45

[solver.bathymetry]
file = "b.h5"

[ensemble]
members = 4
[ensemble.vary]
"initial.centre[0]" = [1.0, 2.0]

[initial]
centre = [40.0e3, 110.0e3]
)";

std::string message_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    parse_case_text(text, "case.toml", overrides);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("every value knows its file, line, column and path") {
  const OptionTree tree = parse_case_text(example, "case.toml");
  const OptionTree* cfl = tree.at_path("solver.cfl");
  REQUIRE(cfl);
  CHECK(cfl->as_double() == 0.45);
  CHECK(cfl->location.file == "case.toml");
  CHECK(cfl->location.line == 7);
  CHECK(cfl->location.column == 7);
  CHECK(cfl->path == "solver.cfl");
  CHECK(cfl->where() == "case.toml:7:7: solver.cfl");
  CHECK(tree.at_path("grid.x[1]")->where() == "case.toml:3:11: grid.x[1]");
  CHECK(tree.at_path("ensemble.vary.\"initial.centre[0]\"")->as_array().size() == 2);
  CHECK(tree.at_path("solver.nothing") == nullptr);
  CHECK(tree.at_path("grid.x[2]") == nullptr);
}

TEST_CASE("tables and keys keep the order of the file") {
  const OptionTree tree = parse_case_text(example, "case.toml");
  std::vector<std::string> names;
  for (const auto& [key, value] : tree.as_table()) names.push_back(key);
  CHECK(names == std::vector<std::string>{"grid", "solver", "ensemble", "initial"});
  CHECK(tree.find("solver")->as_table()[0].first == "name");
}

TEST_CASE("a configuration written back parses to an equal one") {
  OptionTree tree = parse_case_text(example, "case.toml");
  CHECK(parse_toml(to_toml(tree), "resolved") == tree);
  tree.set_path("solver.odd key", "line\nbreak \"quotes\" \\ \x01 å");
  tree.set_path("solver.bathymetry.depth", 1e-30);
  tree.set_path("solver.after_a_table", -0.1);
  tree.set_path("run.limit", OptionTree::Array{true, 5, 1.0, "x", OptionTree::Array{}, OptionTree::Table{}});
  CHECK(parse_toml(to_toml(tree), "resolved") == tree);
}

TEST_CASE("an override sets a value at a dotted path with array indices") {
  const OptionTree tree = parse_case_text(
      example, "case.toml",
      {"solver.cfl=0.3", "initial.centre[1]=7", "run.wall_limit=2h", "solver.name = muscl", "grid.y=[0, 1.5]",
       "output.folder=runs/a b", "solver.adaptive=true", "initial.note=\"5\"", "initial.empty=",
       "ensemble.vary.\"initial.height\"=[0.5, 4]"});
  CHECK(tree.at_path("solver.cfl")->as_double() == 0.3);
  CHECK(tree.at_path("solver.cfl")->where() == "-o: solver.cfl");
  CHECK(tree.at_path("initial.centre[1]")->as_integer() == 7);
  CHECK(tree.at_path("run.wall_limit")->as_string() == "2h");
  CHECK(tree.at_path("run")->where() == "-o: run");
  CHECK(tree.at_path("solver.name")->as_string() == "muscl");
  CHECK(tree.at_path("grid.y[1]")->where() == "-o: grid.y[1]");
  CHECK(tree.at_path("output.folder")->as_string() == "runs/a b");
  CHECK(tree.at_path("solver.adaptive")->as_bool());
  CHECK(tree.at_path("initial.note")->as_string() == "5");
  CHECK(tree.at_path("initial.empty")->as_string() == "");
  CHECK(tree.find("ensemble")->find("vary")->find("initial.height")->as_array().size() == 2);
}

TEST_CASE("a bad override says what is wrong") {
  CHECK(message_of(example, {"solver.cfl"}) == "-o: 'solver.cfl' must have the form table.key=value");
  CHECK(message_of(example, {" =1"}) == "-o: ' =1' must have the form table.key=value");
  CHECK(message_of(example, {"initial.centre[2]=1"}) ==
        "-o: initial.centre: index 2 must be below 2, the number of elements");
  CHECK(message_of(example, {"solver..cfl=1"}).find("'solver..cfl' has an empty key") != std::string::npos);
  CHECK(message_of(example, {"grid.x=[1,"}).find("-o: value '[1,': ") == 0);
  CHECK(message_of(example, {"solver.cfl.deep=1"}) == "case.toml:7:7: solver.cfl: must be a table, not a float: 0.45");
  CHECK(message_of(example, {"sovler.cfl=1"}).find("-o: case file: unknown option 'sovler', did you mean 'solver'?") ==
        0);
}

TEST_CASE("a wrong file says where") {
  CHECK(message_of("[solver]\ncfl = \n").find("case.toml:2:7: ") == 0);
  CHECK(message_of("[solver]\ncfl = 1\ncfl = 2\n").find("case.toml:3:") == 0);
  CHECK(message_of("[slover]\ncfl = 1\n")
            .find("case.toml:1:1: case file: unknown option 'slover', did you mean 'solver'?") == 0);
  CHECK(message_of("grid = 3\n") == "case.toml:1:8: grid: must be a table: write [grid]");
  CHECK(message_of("[run]\nstart = 2026-11-21\n") ==
        "case.toml:2:9: run.start is a date or a time, which no option takes; write it as a string");
}

TEST_CASE("a string without its closing quotation mark is called that") {
  for (const std::string quote : {"\"", "'"}) {
    const std::string unclosed = "the string is not closed";
    const std::string on_line = unclosed + " on this line; end it with the quotation mark that it begins with";
    CHECK(message_of("[solver]\nname = " + quote + "sea\ncfl = 1\n") == "case.toml:2:12: " + on_line);
    CHECK(message_of("[solver]\nname = [" + quote + "sea]\r\ncfl = 1\r\n") == "case.toml:2:14: " + on_line);
    CHECK(message_of("[solver]\nname = " + quote + "sea") == "case.toml:2:12: " + unclosed);
    CHECK(message_of(example, {"solver.name=" + quote + "sea"}) == "-o: value '" + quote + "sea': " + unclosed);
    CHECK(message_of("name = " + quote + "\x01" + quote + "\n").find("control characters") != std::string::npos);
  }
}

TEST_CASE("a file that is missing or a folder is an IoError with the system's words") {
  CHECK_THROWS_WITH_AS(read_case_file("no/such.toml"), "no/such.toml: cannot be read: No such file or directory",
                       IoError);
  CHECK_THROWS_WITH_AS(read_case_file("/"), "/: is a folder; name one file in it", IoError);
}

TEST_CASE("an empty file is a case without tables") {
  const auto path = std::filesystem::temp_directory_path() / "marea_empty_case.toml";
  std::ofstream(path).close();
  CHECK(read_case_file(path).as_table().empty());
  CHECK(read_case_file(path, {"run.end_time=1"}).at_path("run.end_time")->as_integer() == 1);
  std::filesystem::remove(path);
}

TEST_CASE("the place of an option is that of its value, without a value its table") {
  const OptionTree tree = parse_case_text(example, "case.toml");
  CHECK(where_of(tree, "grid.x") == "case.toml:3:5: grid");
  CHECK(where_of(tree, "grid.x[1]") == "case.toml:3:11: grid");
  CHECK(where_of(tree, "solver.bathymetry.file") == "case.toml:10:8: solver.bathymetry");
  CHECK(where_of(tree, "grid.y") == "grid");
  CHECK(where_of({}, "grid.y") == "grid");
}

TEST_CASE("what is taken from a temporary tree outlives it") {
  std::string keys;
  for (const auto& [key, value] : parse_case_text(example, "case.toml").as_table()) keys += key + " ";
  CHECK(keys == "grid solver ensemble initial ");
  static_assert(!std::is_reference_v<decltype(OptionTree().as_string())>);
  static_assert(!std::is_reference_v<decltype(OptionTree().as_array())>);
  static_assert(!std::is_reference_v<decltype(OptionTree().as_table())>);
}

TEST_CASE("accessors name place, path, rule and value") {
  const OptionTree tree = parse_case_text(example, "case.toml");
  CHECK_THROWS_WITH_AS(tree.at_path("solver.name")->as_double(),
                       "case.toml:6:8: solver.name: must be a number, not a string: \"shallow_water\"", ConfigError);
  CHECK_THROWS_WITH_AS(tree.at_path("grid.nx")->as_string(),
                       "case.toml:2:6: grid.nx: must be a string, not an integer: 240", ConfigError);
}

TEST_CASE("a tree as JSON is one line in the order of the tree") {
  OptionTree tree;
  tree["b"] = 1;
  tree["a"] = OptionTree::Array{2.0, "x\ny", true};
  tree["none"];
  CHECK(to_json(tree) == R"({"b":1,"a":[2.0,"x\ny",true],"none":null})");
}
