// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "evaluation/speed_up.hpp"

using namespace marea;

namespace {

/// A report with a ratio of 2 in `rounds` rounds.
OptionTree report(const char* verdict, const char* kind, int rounds = 6) {
  OptionTree t;
  auto& speed = t["speed_up"];
  speed["field"] = "eta";
  speed["error"] = 0.1;
  speed["surrogate_seconds"] = 0.002;
  speed["solver_seconds"] = 0.004;
  speed["solver_label"] = "60 x 46, order 2, single";
  speed["solver_error"] = 0.08;
  if (std::string(kind) == "interpolated") speed["cheaper_solver_label"] = "30 x 23, order 2, single";
  speed["solver_cost_is"] = kind;
  speed["ratio"] = 2.0;
  speed["ratio_low"] = 1.5;
  speed["ratio_high"] = 2.5;
  speed["ratio_of_each_round"] = OptionTree::Array(static_cast<std::size_t>(rounds), OptionTree(2.0));
  speed["verdict"] = verdict;
  speed["training_seconds"] = 30.0;
  speed["data_seconds"] = 50.0;
  speed["data_cpu_seconds"] = 100.0;
  if (std::string(verdict) == "speed_up") speed["break_even_runs"] = 40000.0;
  speed["fields"]["eta"] = OptionTree(speed);
  t["reference"]["grid"] = "240 x 184";
  t["reference"]["runs"] = 6;
  t["reference"]["distance_to_data"] = 0.03;
  t["reference"]["distance_to_finer"] = 0.01;
  t["reference"]["estimated_error"] = 0.03;
  t["threads"] = 2;
  return t;
}

std::string first(const OptionTree& t) { return detail::statement(t).front(); }

}  // namespace

TEST_CASE("a gain is stated with its interval, its costs and the runs that pay it back") {
  const auto lines = detail::statement(report("speed_up", "interpolated"));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "Speed-up 2 at equal error (95 % interval 1.5 to 2.5): the surrogate takes 2 ms a run, the cheapest "
                    "uniform-grid solver configuration of its error in eta (10.0 %) 4 ms.");
  CHECK(lines[1] == "Training took 30 s, its data 50 s of solver time, measured as they were made (100 s of processor "
                    "time): paid back after 40000 runs.");
  CHECK(lines[2] == "Errors against the solver on 240 x 184 (not the training runs), 6 held-out runs; each method with its "
                    "best of up to 2 threads; one training, whose luck the interval does not hold.");
  CHECK(lines[3] == "The reference is 3.0 % from the data's resolution and 1.0 % from a still finer run; "
                    "its own error is about 3.0 %.");
  CHECK(first(report("speed_up", "lower_bound")).starts_with("Speed-up of at least 2 "));
}

TEST_CASE("runs of the training are labelled in the first line") {
  OptionTree t = report("speed_up", "interpolated");
  t["reference"]["seen_runs"] = 4;
  const auto lines = detail::statement(t);
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] == "Not held out: 4 of 6 runs are training or validation data of these models; what follows says "
                    "little about new runs.");
  CHECK(lines[1].starts_with("Speed-up 2 "));
  CHECK(lines[3].starts_with("Errors against the solver on 240 x 184, 6 runs; "));
}

TEST_CASE("a loss and a doubt stand in the first line and are never paid back") {
  CHECK(first(report("no_speed_up", "interpolated")).ends_with(
      "interpolated between 30 x 23, order 2, single and 60 x 46, order 2, single, whose error is 8.0 %."));
  CHECK(first(report("no_speed_up", "upper_bound"))
            .starts_with("No speed-up: the solver (60 x 46, order 2, single) is at least as good in eta (8.0 %) in at most 4 ms"));
  CHECK(first(report("no_speed_up", "lower_bound")).starts_with("No speed-up: even the most accurate solver"));
  CHECK(first(report("unclear", "interpolated")).starts_with("No clear difference"));
  CHECK(first(report("unclear", "upper_bound")).starts_with("No speed-up shown: every solver configuration"));
  CHECK(first(report("unclear", "interpolated", 4)).starts_with("No speed-up shown: a ratio of 2"));
  CHECK(detail::statement(report("unclear", "interpolated"))[1].ends_with("not paid back without a speed-up."));
}

TEST_CASE("a reference whose own error is a third of the surrogate's carries a warning") {
  auto t = report("speed_up", "interpolated");
  t["reference"]["estimated_error"] = 0.034;
  CHECK(detail::statement(t)[3].starts_with("Warning: The reference is 3.0 % from"));
  t["reference"]["estimated_error"] = 0.033;
  CHECK(detail::statement(t)[3].starts_with("The reference is"));
}

TEST_CASE("data whose solver time was not measured are never said to be paid back") {
  auto t = report("speed_up", "interpolated");
  std::erase_if(t["speed_up"].as_table(),
                [](const auto& e) { return e.first == "data_seconds" || e.first == "break_even_runs"; });
  CHECK(detail::statement(t)[1] ==
        "Training took 30 s, its data a solver time that was not measured: runs until it is paid back unknown.");
}

TEST_CASE("a forecast that does not stay finite has no speed-up") {
  auto t = report("no_speed_up", "interpolated");
  OptionTree speed;
  speed["field"] = "eta";
  speed["fields"] = OptionTree::Table{};
  speed["error"] = std::numeric_limits<double>::quiet_NaN();
  speed["verdict"] = "no_speed_up";
  speed["training_seconds"] = 1.0;
  speed["data_seconds"] = 1.0;
  t["speed_up"] = speed;
  CHECK(first(t) == "No speed-up: the surrogate's forecast does not stay finite.");
}

TEST_CASE("a cheaper baseline of no greater error takes the first line") {
  auto t = report("speed_up", "interpolated");
  auto& speed = t["speed_up"];
  speed["verdict"] = "baseline_pays";
  std::erase_if(speed.as_table(), [](const auto& e) { return e.first == "break_even_runs"; });
  speed["cheaper_baseline"]["label"] = "superposition";
  speed["cheaper_baseline"]["error"] = 0.095;
  speed["cheaper_baseline"]["seconds"] = 8e-4;
  const auto lines = detail::statement(t);
  CHECK(lines[0] == "The surrogate does not pay: in eta the baseline superposition errs no more (9.5 % against 10.0 %) "
                    "and takes 800 us, the surrogate 2 ms; over the solver alone the ratio at equal error is 2 (95 % "
                    "interval 1.5 to 2.5).");
  CHECK(lines[1] == "Training took 30 s, its data 50 s of solver time, measured as they were made (100 s of processor "
                    "time): not paid back without a speed-up.");
}

TEST_CASE("every other output field has a line, and the best baselines one") {
  auto t = report("speed_up", "interpolated");
  OptionTree field = *t.at_path("speed_up.fields.eta");
  field["error"] = 0.3;
  field["verdict"] = "no_speed_up";
  field["best_baseline"]["label"] = "linear";
  field["best_baseline"]["error"] = 0.4;
  field["best_baseline"]["seconds"] = 1e-3;
  t["speed_up"]["fields"]["arrival_time"] = field;
  const auto lines = detail::statement(t);
  CHECK(lines[1] == "arrival_time: no speed-up, ratio 2 at equal error (30.0 %), 95 % interval 1.5 to 2.5.");
  CHECK(lines[2] == "Best baselines: linear in arrival_time (40.0 %, 1 ms).");
}
