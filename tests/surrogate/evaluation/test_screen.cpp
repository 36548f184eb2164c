// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/solvers/runtime.hpp>

#include "evaluation/held_out.hpp"
#include "evaluation/screen.hpp"

using namespace marea;

namespace {

detail::Look look(std::int64_t cells, double seconds, double error) {
  detail::Look l;
  l.configuration.extents = {cells};
  l.seconds = seconds;
  l.errors = {error};
  return l;
}

OptionTree sea(double bed = -10) {
  OptionTree t;
  t["grid"]["nx"] = t["grid"]["ny"] = 8;
  t["grid"]["x"] = t["grid"]["y"] = OptionTree::Array{0.0, 80.0};
  t["solver"]["name"] = "shallow_water";
  t["solver"]["order"] = 1;
  t["solver"]["bathymetry"] = bed;
  return t;
}

SolverEntry shallow_water() { return solver_entry(sea()); }

/// The highest order in double precision.
detail::SolverConfiguration best_on(std::vector<std::int64_t> extents) {
  return {.extents = std::move(extents), .settings = detail::reference_settings(shallow_water(), sea())};
}

using Extents = std::vector<std::vector<std::int64_t>>;

}  // namespace

TEST_CASE("a configuration is dominated by one that is cheaper by a quarter and no less accurate") {
  std::vector<detail::Look> looks{look(8, 10, 0.1), look(9, 8, 0.1), look(10, 9, 0.09), look(11, 12, 0.1001),
                                  look(12, 1, 0.5)};
  detail::mark_dominated(looks);
  CHECK(looks[0].dominated_by == "9");
  CHECK(looks[1].dominated_by.empty());
  CHECK(looks[2].dominated_by.empty());  // hardly dearer, and more accurate
  CHECK(looks[3].dominated_by == "9");
  CHECK(looks[4].dominated_by.empty());

  looks[0].configuration.is_data = true;
  looks[0].dominated_by.clear();
  looks[3].errors = {NAN};
  looks[3].dominated_by.clear();
  detail::mark_dominated(looks);
  CHECK(looks[0].dominated_by.empty());  // what the data cost must be known
  CHECK(looks[3].dominated_by.empty());
}

TEST_CASE("a configuration that is better in one field stays") {
  std::vector<detail::Look> looks{look(8, 10, 0.1), look(9, 1, 0.05)};
  looks[0].errors.push_back(0.2);
  looks[1].errors.push_back(0.3);
  detail::mark_dominated(looks);
  CHECK(looks[0].dominated_by.empty());
  looks[1].errors[1] = 0.2;
  detail::mark_dominated(looks);
  CHECK(looks[0].dominated_by == "9");
}

TEST_CASE("competitors take the Courant number of the case and the largest allowed, and the bed both ways") {
  auto plain = sea();
  CHECK(detail::configurations_on(shallow_water(), {8, 8}, plain).size() == 8);  // 2 orders, 2 precisions, 2 Courant numbers
  plain["solver"]["cfl"] = 1.0;
  CHECK(detail::configurations_on(shallow_water(), {8, 8}, plain).size() == 4);
  auto measured = sea();
  measured["solver"]["bathymetry"] = OptionTree(OptionTree::Table{});
  measured["solver"]["bathymetry"]["file"] = "bed.h5";
  const auto all = detail::configurations_on(shallow_water(), {8, 8}, measured);
  CHECK(all.size() == 16);
  const auto& last = *std::find_if(all.begin(), all.end(), [](const auto& c) {
    return c.find("cfl") && c.find("cfl")->value.as_double() == 1 && c.find("bathymetry.regrid");
  });
  CHECK(last.label() == "8 x 8, order 2, double, cfl 1, point bed");
  const auto out = last.apply(shallow_water(), measured);
  CHECK(out.at_path("solver.cfl")->as_double() == 1);
  CHECK(out.at_path("solver.bathymetry.regrid")->as_string() == "linear");
}

TEST_CASE("the configuration of the data stands first, whatever its order") {
  ModelInfo info;
  info.extents = {4, 4};
  const auto all = detail::data_configurations(shallow_water(), sea(), info);
  CHECK(all.front().is_data);
  CHECK(all.front().label() == "8 x 8, order 1, double");
  CHECK(all.size() == 4);  // and single precision, each with the largest Courant number
}

TEST_CASE("grids are rounded to whole cells and never smaller than eight") {
  ModelInfo info;
  info.extents = {46, 60};
  CHECK(detail::competing_grids(shallow_water(), info, {1, 0.25, 0.01, 0.001}) == Extents{{46, 60}, {12, 15}, {8, 10}});
  info.extents = {4, 8};
  CHECK(detail::competing_grids(shallow_water(), info, {1, 0.5}) == Extents{{4, 8}});
}

TEST_CASE("grids between the model's and that of the data compete too") {
  ModelInfo info;
  info.extents = {46, 60};
  CHECK(detail::multiples_up_to(shallow_water(), {184, 240}, info, {1, 0.5}) == std::vector{1.0, 0.5, 2.0});
  CHECK(detail::multiples_up_to(shallow_water(), {185, 240}, info, {1}) == std::vector{1.0, 2.0, 4.0});
  CHECK(detail::multiples_up_to(shallow_water(), {92, 120}, info, {1}) == std::vector{1.0});
}

TEST_CASE("the reference has the highest order and double precision, whatever the data have") {
  auto data = sea();
  data["solver"]["precision"] = "single";
  const auto fine = detail::reference_case(shallow_water(), data, 2, "there");
  CHECK(fine.at_path("grid.nx")->as_integer() == 16);
  CHECK(fine.at_path("solver.order")->as_integer() == 2);
  CHECK(fine.at_path("solver.precision")->as_string() == "double");
}

TEST_CASE("runs with other lead times are refused") {
  std::vector<detail::HeldOut> runs(2);
  runs[0].file = "a.h5";
  runs[0].times = {10, 20};
  runs[1].file = "b.h5";
  runs[1].start = 5;
  runs[1].times = {15, 25};
  CHECK_NOTHROW(detail::require_same_lead_times(runs));
  runs[1].times = {15, 26};
  CHECK_THROWS_WITH_AS(detail::require_same_lead_times(runs),
                       doctest::Contains("b.h5 has other lead times than a.h5"), DataError);
  runs[1].times = {15};
  CHECK_THROWS_AS(detail::require_same_lead_times(runs), DataError);
}

TEST_CASE("a solver run that diverges has fields of NaN and does not end the evaluation") {
  const Runtime runtime(1);
  ModelInfo info;
  info.extents = {8, 8};
  info.outputs = {{"eta", "m"}};
  detail::HeldOut run;
  run.case_file = sea();
  run.solver = shallow_water();
  run.case_file["initial"]["profile"] = "gaussian_hump";
  run.case_file["initial"]["centre"] = OptionTree::Array{30.0, 35.0};
  run.case_file["initial"]["radius"] = 8.0;
  run.case_file["initial"]["height"] = 1e200;  // whose pressure is beyond double
  run.times = {1};
  run.reference = HostArray(DType::f64, {1, 1, 8, 8});
  const auto forecast = detail::run_solver(best_on({8, 8}), run, info);
  CHECK(std::isnan(forecast.values.values<double>()[0]));
}

TEST_CASE("coarser grids are added until one is less accurate than the surrogate") {
  const Runtime runtime(1);
  ModelInfo info;
  info.task = "map";
  info.extents = {32, 32};
  info.outputs = {{"eta", "m"}};
  info.output_channels = {"eta"};
  info.centres = {std::vector<double>(32), std::vector<double>(32)};
  detail::HeldOut run;
  run.case_file = sea();
  run.solver = shallow_water();
  run.case_file["grid"]["nx"] = run.case_file["grid"]["ny"] = 32;
  run.case_file["initial"]["profile"] = "gaussian_hump";
  run.case_file["initial"]["centre"] = OptionTree::Array{30.0, 35.0};
  run.case_file["initial"]["radius"] = 8.0;
  run.case_file["initial"]["height"] = 0.1;
  run.times = {1};
  run.reference = HostArray(DType::f64, {1, 1, 32, 32});
  run.reference = detail::run_solver(best_on({64, 64}), run, info).values;
  const std::vector<detail::HeldOut> runs{run};
  detail::Method surrogate;
  detail::Stages stages(2);
  const auto coarsest = [&](double error) {
    surrogate.forecast = [error](const detail::HeldOut& r) {
      detail::Forecast forecast;
      forecast.values = HostArray(DType::f64, r.reference.extents());
      for (std::size_t n = 0; n < 1024; ++n)
        forecast.values.values<double>()[n] = (1 + error) * r.reference.values<double>()[n];
      return forecast;
    };
    std::int64_t least = 64;
    for (const auto& l : detail::screen_solvers(surrogate, runs, info, {1}, true, stages, {}))
      least = std::min(least, l.configuration.extents[0]);
    return least;
  };
  CHECK(coarsest(1e-6) == 32);  // every solver errs more
  CHECK(coarsest(0.9) == 8);    // none does, as coarse as a grid may be
}
