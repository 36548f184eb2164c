// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/solvers/runtime.hpp>

#include "evaluation/conserved.hpp"
#include "evaluation/extra/arrival_times.hpp"
#include "evaluation/extra/fronts.hpp"
#include "evaluation/extra/gauges.hpp"
#include "evaluation/held_out.hpp"

using namespace marea;

namespace {

HostArray field(std::initializer_list<std::int64_t> extents, const std::vector<double>& values, DType dtype = DType::f64) {
  HostArray array(dtype, extents);
  copy_converting(make_array_ref(values.data(), extents), array.ref());
  return array;
}

/// A map on three cells of 10 m, with a gauge at x = 12 m.
detail::HeldOut three_cells(ModelInfo& info) {
  info.task = "map";
  info.extents = {3};
  info.centres = {{5, 15, 25}};
  info.output_channels = {"max_eta", "arrival_time"};
  detail::HeldOut run;
  run.case_file["solver"]["gauges"]["harbour"] = OptionTree::Array{12.0};
  run.times = {60};
  run.reference = field({1, 2, 3}, {1, 2, 4, 10, 20, 40});
  return run;
}

const ScoreEntry gauge_names{"gauges", {{"option", "gauges"}}};
const ScoreEntry arrival_names{"arrival_times", {{"field", "arrival_time"}}};
const ScoreEntry front_names{"fronts", {{"depth", "h"}, {"surface", "eta"}, {"bed", "bathymetry"}}};

std::vector<int> flags(const HostArray& mask) {
  const auto values = mask.values<std::uint8_t>();
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("a gauge reads the nearest cell of the mask") {
  ModelInfo info;
  three_cells(info);
  CHECK(detail::gauge_cell({12}, info, {}) == 1);
  const HostArray land = field({3}, {1, 0, 1});
  CHECK(detail::gauge_cell({12}, info, land.ref()) == 0);
  info.extents = {2, 3};
  info.centres = {{1, 2}, {5, 15, 25}};
  CHECK(detail::gauge_cell({24, 1.9}, info, {}) == 5);
}

TEST_CASE("the errors of maximum and arrival time at a gauge are means over runs") {
  ModelInfo info;
  const auto run = three_cells(info);
  detail::GaugeScores gauges(gauge_names);
  gauges.add(field({1, 2, 3}, {9, 2.5, 9, 99, 14, 99}), run, info, {});
  gauges.add(field({1, 2, 3}, {9, 1.75, 9, 99, 20, 99}), run, info, {});
  const auto tree = gauges.to_tree();
  CHECK(tree.at_path("harbour.max_eta.mean_absolute_error")->as_double() == doctest::Approx(0.375));
  CHECK(tree.at_path("harbour.arrival_time.mean_absolute_error")->as_double() == doctest::Approx(3));
  CHECK(tree.at_path("harbour.arrival_time.mean_absolute_reference")->as_double() == doctest::Approx(20));
}

TEST_CASE("gauges may stand in an array of tables") {
  ModelInfo info;
  auto run = three_cells(info);
  OptionTree gauge;
  gauge["name"] = "harbour";
  gauge["position"] = OptionTree::Array{12.0};
  run.case_file["solver"]["gauges"] = OptionTree::Array{gauge};
  detail::GaugeScores gauges(gauge_names);
  gauges.add(field({1, 2, 3}, {9, 2.5, 9, 99, 14, 99}), run, info, {});
  CHECK(gauges.to_tree().at_path("harbour.max_eta.mean_absolute_error")->as_double() == doctest::Approx(0.5));
}

TEST_CASE("a reference's own error is extrapolated from the data's resolution, and no less than to a finer run") {
  // First order, error c h: 12 % at h, 4 % at h / 3 and 3 % at h / 4 of the exact solution, all of one sign.
  CHECK(detail::reference_error(0.12 - 0.04, 0.04 - 0.03, 3) == doctest::Approx(0.04));
  CHECK(detail::reference_error(0.02, 0.015, 3) == 0.015);
}

TEST_CASE("the report names the cell that stands for a gauge") {
  ModelInfo info;
  auto run = three_cells(info);
  const HostArray sea = field({3}, {1, 0, 1});
  auto tree = detail::gauge_cells(gauge_names, run, info, sea.ref());
  CHECK(tree.at_path("harbour.position[0]")->as_double() == 12);
  CHECK(tree.at_path("harbour.cell[0]")->as_double() == 5);
  CHECK(tree.at_path("harbour.distance")->as_double() == 7);
  info.task = "step";
  CHECK(detail::gauge_cells(gauge_names, run, info, {}).as_table().empty());
}

TEST_CASE("arrivals are judged where a wave comes, and where it should not") {
  // Of four cells the wave reaches two, after 10 and 20 of 60 s; the forecast is 4 s late in one, misses the other,
  // and sees a wave in a third.
  ModelInfo info;
  info.task = "map";
  info.extents = {4};
  info.output_channels = {"max_eta", "arrival_time"};
  detail::HeldOut run;
  run.times = {60};
  run.reference = field({1, 2, 4}, {0, 0, 0, 0, 10, 20, 60, 60});
  const HostArray forecast = field({1, 2, 4}, {0, 0, 0, 0, 14, 60, 30, 59.9});
  detail::ArrivalScore arrivals(arrival_names);
  CHECK(arrivals.empty());
  arrivals.add(forecast, run, info, {});
  auto tree = arrivals.to_tree();
  CHECK(tree.at_path("reached")->as_double() == doctest::Approx(0.5));
  CHECK(tree.at_path("misjudged")->as_double() == doctest::Approx(0.5));
  CHECK(tree.at_path("mean_absolute_error")->as_double() == doctest::Approx(22));

  const HostArray sea = field({4}, {1, 0, 0, 1});
  detail::ArrivalScore masked(arrival_names);
  masked.add(forecast, run, info, sea.ref());
  tree = masked.to_tree();
  CHECK(tree.at_path("reached")->as_double() == doctest::Approx(0.5));
  CHECK(tree.at_path("misjudged")->as_double() == 0);
  CHECK(tree.at_path("mean_absolute_error")->as_double() == doctest::Approx(4));

  const HostArray land = field({4}, {0, 0, 0, 1});
  detail::ArrivalScore unreached(arrival_names);
  unreached.add(forecast, run, info, land.ref());
  CHECK_FALSE(unreached.to_tree().find("mean_absolute_error"));
}

TEST_CASE("drift is the mean magnitude of the change since the start, absolute where that is zero") {
  detail::Drift drift;
  drift.add({{{"volume", 10, "m3"}, {"momentum_x", 0, "m4 s-1"}},
             {{"volume", 11, "m3"}, {"momentum_x", 2, "m4 s-1"}},
             {{"volume", 12, "m3"}, {"momentum_x", -3, "m4 s-1"}}});
  drift.add({{{"volume", 20, "m3"}, {"momentum_x", 0, "m4 s-1"}},
             {{"volume", 20, "m3"}, {"momentum_x", 0, "m4 s-1"}},
             {{"volume", 18, "m3"}, {"momentum_x", 1, "m4 s-1"}}});
  const auto tree = drift.to_tree();
  CHECK(tree.at_path("volume.leads[0]")->as_double() == doctest::Approx(0.05));
  CHECK(tree.at_path("volume.final")->as_double() == doctest::Approx(0.15));
  CHECK(tree.at_path("volume.units")->as_string() == "1");
  CHECK(tree.at_path("momentum_x.final")->as_double() == doctest::Approx(2));
  CHECK(tree.at_path("momentum_x.units")->as_string() == "m4 s-1");
}

TEST_CASE("a predicted state drifts by the volume that it adds") {
  // 16 cells of 1 m2 with 2 m of water at rest; the prediction raises one cell by 1.6 m: 5 % of 32 m3.
  const Runtime runtime(1);
  ModelInfo info;
  info.task = "step";
  info.extents = {4, 4};
  info.outputs = {{"eta", "m"}, {"velocity", "m s-1", "", "", 1}};
  info.inputs = info.outputs;
  info.input_channels = info.output_channels = {"eta", "velocity_x", "velocity_y"};
  detail::HeldOut run;
  auto& grid = run.case_file["grid"];
  grid["nx"] = grid["ny"] = 4;
  grid["x"] = grid["y"] = OptionTree::Array{0.0, 4.0};
  run.case_file["solver"]["name"] = "shallow_water";
  run.case_file["solver"]["bathymetry"] = -2.0;
  run.solver = solver_entry(run.case_file);
  run.times = {1};
  run.input = HostArray(DType::f32, {3, 4, 4});
  HostArray predicted(DType::f64, {1, 3, 4, 4});
  predicted.values<double>()[5] = 1.6;
  auto state = detail::StateTotals::make(run, info);
  REQUIRE(state);
  detail::Drift drift;
  drift.add(state->of(run, predicted));
  CHECK(drift.to_tree().at_path("volume.final")->as_double() == doctest::Approx(0.05));

  info.outputs = {{"eta", "m"}};
  info.output_channels = {"eta"};
  CHECK_FALSE(detail::StateTotals::make(run, info));  // no whole state
}

TEST_CASE("fronts follow the depth, the surface above the bed, or the coast of the mask") {
  ModelInfo info;
  info.extents = {1, 4};
  info.output_channels = {"h"};
  detail::HeldOut run;
  run.times = {1, 2};
  run.reference = field({2, 1, 1, 4}, {1, 0, 0, 0, 1, 1, 1, 0});
  auto fronts = detail::front_cells_of(front_names, run, info, {});
  REQUIRE(fronts.size() == 2);
  CHECK(flags(fronts[0]) == std::vector{1, 1, 0, 0});
  CHECK(flags(fronts[1]) == std::vector{0, 0, 1, 1});

  info.output_channels = {"eta"};
  info.input_channels = {"bathymetry"};
  run.reference = field({2, 1, 1, 4}, {0, 0, 0, 0, 2, 2, 0, 0});
  run.input = field({1, 1, 4}, {-5, 1, 2, 3}, DType::f32);
  fronts = detail::front_cells_of(front_names, run, info, {});
  CHECK(flags(fronts[0]) == std::vector{1, 1, 0, 0});
  CHECK(flags(fronts[1]) == std::vector{0, 1, 1, 0});

  info.input_channels = {};
  const HostArray mask = field({1, 4}, {1, 1, 0, 0});
  CHECK(flags(detail::front_cells_of(front_names, run, info, mask.ref())[0]) == std::vector{0, 1, 0, 0});
  CHECK(detail::front_cells_of(front_names, run, info, {}).empty());
}

TEST_CASE("a case file replaces grid and solver of a run and nothing else") {
  OptionTree run, other;
  run["solver"]["cfl"] = 0.4;
  run["solver"]["order"] = 2;
  run["initial"]["height"] = 1.0;
  other["solver"]["cfl"] = 0.9;
  other["initial"]["height"] = 7.0;
  const auto both = detail::with_tables_of(run, other);
  CHECK(both.at_path("solver.cfl")->as_double() == 0.9);
  CHECK(both.at_path("solver.order") == nullptr);
  CHECK(both.at_path("initial.height")->as_double() == 1.0);
}

TEST_CASE("a folder that cannot be made is named before any work begins") {
  EvaluationOptions options;
  options.model = options.data = "none";
  options.output = "/dev/null/report";
  CHECK_THROWS_WITH_AS(evaluate(options, MPI_COMM_SELF), doctest::Contains("cannot make the folder"), IoError);
}
