// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/solvers/runtime.hpp>

#include "evaluation/extra/extra_score.hpp"
#include "evaluation/method.hpp"
#include "evaluation/report.hpp"
#include "evaluation/screen.hpp"

using namespace marea;

// The evaluation of solvers that it has never heard of: all it knows of them is their entry.
namespace {

OptionTree wave() {
  OptionTree t;
  t["grid"]["nx"] = 32;
  t["grid"]["x"] = OptionTree::Array{0.0, 1.0};
  t["solver"]["name"] = "advection";
  return t;
}

/// A solver that relaxes to a tolerance, in float or not, and may smooth what it reads from a file.
SolverEntry made_up() {
  SolverEntry entry{.name = "made_up", .summary = "", .make = {}, .options = {}, .profiles = {}, .fields = {}};
  entry.options = [] {
    return std::vector<OptionRow>{{"tolerance", "number", "1e-06", "", "", ""}, {"cycle", "text", "\"V\"", "", "", ""}};
  };
  entry.refinable = {"nx"};
  entry.knobs = {{.option = "tolerance", .values = {1e-6, 1e-3}, .reference = 1e-10, .on_data_grid = false},
                 {.option = "cycle", .values = {"V", "W"}},
                 {.option = "source.smooth", .values = {true}, .needs = "source.file", .flag = "smooth_source"}};
  entry.observers = {"probes"};
  return entry;
}

std::vector<std::string> labels(const std::vector<detail::SolverConfiguration>& configurations) {
  std::vector<std::string> all;
  for (const auto& c : configurations) all.push_back(c.label());
  return all;
}

/// Two states of the wave on 16 cells, from a reference of 64.
detail::HeldOut held_out(const ModelInfo& info) {
  detail::HeldOut run;
  run.file = "run.h5";
  run.case_file = wave();
  run.solver = solver_entry(run.case_file);
  run.solver.knobs = {{"cfl", {1.0}}};
  run.solver.scores.clear();
  run.times = {0.05, 0.1};
  run.input = HostArray(DType::f32, {1, 16});
  run.reference = HostArray(DType::f64, {2, 1, 16});
  run.reference = detail::run_solver({.extents = {64}}, run, info).values;
  return run;
}

}  // namespace

TEST_CASE("the knobs of any solver make its competitors, labels and reference") {
  const auto solver = made_up();
  OptionTree plain;
  plain["grid"]["nx"] = 16;
  plain["solver"]["probes"] = 3;
  CHECK(labels(detail::configurations_on(solver, {8}, plain)) ==
        std::vector<std::string>{"8, tolerance 1e-06", "8, tolerance 1e-06, W", "8, tolerance 0.001",
                                 "8, tolerance 0.001, W"});
  plain["solver"]["tolerance"] = 1e-8;  // none of the values: it competes too
  plain["solver"]["cycle"] = "W";
  CHECK(detail::configurations_on(solver, {8}, plain).size() == 6);
  CHECK(detail::configurations_on(solver, {8}, plain).front().label() == "8, tolerance 1e-08");
  CHECK(detail::configurations_on(solver, {8}, plain)[1].label() == "8, tolerance 1e-08, V");

  ModelInfo info;
  info.extents = {8};
  CHECK(labels(detail::data_configurations(solver, plain, info)) ==
        std::vector<std::string>{"16, tolerance 1e-08", "16, tolerance 1e-08, V"});

  const auto fine = detail::reference_case(solver, plain, 3, "there");
  CHECK(fine.at_path("grid.nx")->as_integer() == 48);
  CHECK(fine.at_path("solver.tolerance")->as_double() == 1e-10);
  CHECK(fine.at_path("solver.cycle")->as_string() == "W");
  CHECK(fine.find("solver")->find("probes"));
}

TEST_CASE("a knob turns only where the case has what it needs") {
  const auto solver = made_up();
  OptionTree with_file;
  with_file["solver"]["source"]["file"] = "source.h5";
  with_file["solver"]["probes"] = 3;
  const auto all = detail::configurations_on(solver, {8}, with_file);
  REQUIRE(all.size() == 8);
  CHECK(all[1].label() == "8, tolerance 1e-06, smooth source");
  const auto out = all[1].apply(solver, with_file);
  CHECK(out.at_path("solver.source.smooth")->as_bool());
  CHECK(out.at_path("grid.nx")->as_integer() == 8);
  CHECK_FALSE(out.find("solver")->find("probes"));  // nobody watches a timed run
  with_file["solver"]["source"]["smooth"] = true;
  CHECK(detail::configurations_on(solver, {8}, with_file).size() == 4);
}

TEST_CASE("only the axes that a solver can refine change") {
  const auto solver = made_up();
  ModelInfo info;
  info.extents = {3, 32};
  using Extents = std::vector<std::vector<std::int64_t>>;
  CHECK(detail::competing_grids(solver, info, {1, 0.5, 0.01}) == Extents{{3, 32}, {3, 16}, {3, 8}});
  CHECK(detail::multiples_up_to(solver, {3, 128}, info, {1}) == std::vector{1.0, 2.0});
  OptionTree members;
  members["grid"]["nx"] = 64;
  members["grid"]["ny"] = 3;
  CHECK(detail::reference_case(solver, members, 2, "there").at_path("grid.ny")->as_integer() == 3);
  CHECK(detail::data_configurations(solver, members, info).front().extents == Extents::value_type{3, 64});
}

TEST_CASE("where layers give the cells along z, runs refine x and y by the grid and z by the layers") {
  OptionTree chip;
  chip["grid"]["nx"] = 16;
  chip["grid"]["nz"] = 3;
  chip["solver"]["name"] = "heat_conduction";
  CHECK(detail::entry_for(chip).refinable == std::vector<std::string>{"nx", "ny", "nz"});
  chip["solver"]["layers"] = OptionTree::Array{OptionTree(OptionTree::Table{{"cells", OptionTree(3)}})};
  CHECK(detail::entry_for(chip).refinable == std::vector<std::string>{"nx", "ny"});
  const auto fine = detail::reference_case(detail::entry_for(chip), chip, 3, "there");
  CHECK(fine.at_path("grid.nx")->as_integer() == 48);
  CHECK(fine.at_path("grid.nz")->as_integer() == 3);
  CHECK(fine.at_path("solver.layer_refinement")->as_integer() == 3);
}

TEST_CASE("a score that the evaluation does not know is refused with those that it knows") {
  CHECK_THROWS_WITH_AS(detail::extra_entry({"arival_times"}),
                       doctest::Contains("unknown score 'arival_times', did you mean 'arrival_times'? known: "),
                       ConfigError);
  for (const auto& solver : solver_registry())
    for (const auto& score : solver.scores) CHECK(detail::extra_entry(score).name == score.name);
}

TEST_CASE("a solver with a Courant number alone is reported with it and without scores of others") {
  const Runtime runtime(1);
  ModelInfo info;
  info.name = "ahead";
  info.task = "step";
  info.extents = {16};
  info.centres = {std::vector<double>(16)};
  info.outputs = {{.name = "q"}};
  info.inputs = info.outputs;
  info.input_channels = info.output_channels = {"q"};
  const std::vector<detail::HeldOut> runs{held_out(info)};
  detail::Stages stages(2);
  std::vector<detail::Method> methods(1);
  methods[0].kind = detail::Method::Kind::surrogate;
  methods[0].label = "ahead";
  methods[0].score = detail::Score({"q"}, {{"q"}}, 2);
  methods[0].forecast = [](const detail::HeldOut& run) {
    detail::Forecast forecast{HostArray(DType::f64, run.reference.extents()), 1e-3, {}};
    std::ranges::transform(run.reference.values<double>(), forecast.values.values<double>().begin(),
                           [](double q) { return 1.01 * q; });
    return forecast;
  };
  detail::Facts facts;
  facts.distance_to_finer = {0.01};
  facts.looks = detail::screen_solvers(methods[0], runs, info, {1}, true, stages, {});
  CHECK(facts.looks.front().configuration.label() == "32");
  CHECK(facts.looks[1].configuration.label() == "32, cfl 1");
  for (const auto& look : facts.looks)
    methods.push_back(detail::solver_method(look.configuration, info, runs.front().times.size()));
  detail::measure(methods, runs, info, 1, {}, stages);

  const auto report = detail::build_report({}, info, runs, methods, facts);
  CHECK(report.at_path("reference.grid")->as_string() == "64");
  CHECK_FALSE(report.at_path("reference.order"));
  const auto& rows = report.find("methods")->as_array();
  CHECK_FALSE(rows[1].find("cfl"));
  CHECK(rows[2].find("cfl")->as_double() == 1);
  for (const auto& row : rows)
    for (const char* absent : {"order", "precision", "point_bed", "arrivals", "gauges"}) CHECK_FALSE(row.find(absent));
  CHECK(std::isfinite(rows[1].find("error")->as_double()));
  CHECK(detail::to_markdown(report).find("solver 32, cfl 1") != std::string::npos);
}
