// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>

#include "evaluation/equal_error.hpp"
#include "evaluation/timing.hpp"

using namespace marea;
using detail::Measured;

namespace {

/// One round on each of the runs.
Measured method(const char* label, std::vector<double> errors, const std::vector<double>& seconds) {
  Measured m{label, std::move(errors), {}};
  for (double s : seconds) m.seconds.push_back({s});
  return m;
}

const std::vector<double> constant(6, 0.1);

}  // namespace

TEST_CASE("the ratio is the median of the ratios of the rounds, each with its own costs") {
  // A round in which the machine is five times slower touches both alike and leaves its ratio at 4.
  const auto equal = detail::compare_at_equal_error({method("net", constant, {1, 1, 5, 1, 1, 1})},
                                                    {method("solver", constant, {4, 4, 20, 4, 4, 4})});
  CHECK(equal.ratios == std::vector<double>(6, 4.0));
  CHECK(equal.ratio == 4);
  CHECK(equal.low == 4);
  CHECK(equal.high == 4);
  CHECK(equal.solver.cost == 4);
}

TEST_CASE("between two configurations each round interpolates its own curve") {
  // Half way in log error between 0.4 and 0.1 is 0.2; half way in log cost sqrt(1 9) = 3 and sqrt(4 9) = 6.
  const std::vector<double> surrogate(2, 0.2), coarse(2, 0.4), fine(2, 0.1);
  const auto equal = detail::compare_at_equal_error(
      {method("net", surrogate, {1, 1})}, {method("coarse", coarse, {1, 4}), method("fine", fine, {9, 9})});
  CHECK(equal.ratios[0] == doctest::Approx(3));
  CHECK(equal.ratios[1] == doctest::Approx(6));
  CHECK(equal.ratio == doctest::Approx(4.5));
}

TEST_CASE("an interval that holds 1 claims nothing") {
  const auto equal = detail::compare_at_equal_error({method("net", constant, {1, 1, 1, 1, 1, 1})},
                                                    {method("solver", constant, {0.5, 2, 0.6, 1.8, 3, 1.5})});
  CHECK(equal.ratio > 1);
  CHECK(equal.low < 1);
  CHECK(equal.high > 1);
  CHECK(equal.verdict() == "unclear");
}

TEST_CASE("the luck of the held-out runs widens the interval") {
  // The clock is perfect, the surrogate errs by 0.1 on three runs and by 0.7 on the others.
  const auto equal = detail::compare_at_equal_error({method("net", {0.1, 0.1, 0.1, 0.7, 0.7, 0.7}, {1, 1, 1, 1, 1, 1})},
      {method("fine", std::vector<double>(6, 0.05), {16, 16, 16, 16, 16, 16}),
       method("coarse", std::vector<double>(6, 0.8), {1, 1, 1, 1, 1, 1})});
  CHECK(equal.low < 0.8 * equal.ratio);
  CHECK(equal.high > 1.2 * equal.ratio);
}

TEST_CASE("a gain needs five rounds and a solver configuration that is no better than the surrogate") {
  const auto few = detail::compare_at_equal_error({method("net", {0.1}, {1})}, {method("solver", {0.1}, {9})});
  CHECK(few.verdict() == "unclear");
  const auto many = detail::compare_at_equal_error({method("net", constant, std::vector<double>(6, 1))},
                                                   {method("coarse", std::vector<double>(6, 0.2), std::vector<double>(6, 5)),
                                                    method("solver", constant, std::vector<double>(6, 9))});
  CHECK(many.verdict() == "speed_up");
  const auto better = detail::compare_at_equal_error({method("net", constant, std::vector<double>(6, 1))},
      {method("solver", std::vector<double>(6, 0.01), std::vector<double>(6, 9))});
  CHECK(better.solver.kind == EquivalentCost::Kind::upper_bound);
  CHECK(better.verdict() == "unclear");
  const auto loss = detail::compare_at_equal_error({method("net", {0.1}, {9})}, {method("solver", {0.1}, {1})});
  CHECK(loss.verdict() == "no_speed_up");
}

TEST_CASE("a solver configuration whose fields are not finite does not compete") {
  const auto equal = detail::compare_at_equal_error({method("net", {0.1}, {1})},
                                                    {method("diverged", {NAN}, {0.1}), method("solver", {0.1}, {9})});
  CHECK(equal.solver.label == "solver");
  CHECK_THROWS_AS(detail::compare_at_equal_error({method("net", {0.1}, {1})}, {method("diverged", {NAN}, {0.1})}),
                  ConfigError);
}

TEST_CASE("a method is timed with the thread count of the least median") {
  detail::Timing timing;
  timing.sweep = {{1, {3, 3, 9}}, {2, {4, 1, 4}}, {4, {2, 8, 8}}};
  timing.choose();
  CHECK(timing.threads == 1);
  CHECK(timing.median_seconds() == 3);
  timing.seconds.push_back({5});
  CHECK(timing.at(1, 2) == 5);  // called once in that run
  CHECK(timing.calls() == std::vector<double>{3, 3, 9, 5});
}

TEST_CASE("thread counts double up to what the process has") {
  CHECK(detail::thread_counts(1) == std::vector{1});
  CHECK(detail::thread_counts(2) == std::vector{1, 2});
  CHECK(detail::thread_counts(6) == std::vector{1, 2, 4, 6});
}

TEST_CASE("the luck of training widens the interval") {
  const std::vector<double> seconds(6, 1);
  const std::vector<Measured> solvers{method("fine", std::vector<double>(6, 0.05), std::vector<double>(6, 16)),
                                      method("coarse", std::vector<double>(6, 0.8), std::vector<double>(6, 1))};
  const auto net = [&](double error) { return method("net", std::vector<double>(6, error), seconds); };
  const auto one = detail::compare_at_equal_error({net(0.2)}, solvers);
  const auto same = detail::compare_at_equal_error({net(0.2), net(0.2)}, solvers);
  CHECK(one.low == one.high);  // no luck in runs and clock
  CHECK(same.low == same.high);
  CHECK(same.ratio == one.ratio);
  const auto luck = detail::compare_at_equal_error({net(0.1), net(0.2), net(0.3)}, solvers);
  CHECK(luck.ratio == doctest::Approx(one.ratio));
  CHECK(luck.low < 0.9 * luck.ratio);
  CHECK(luck.high > 1.1 * luck.ratio);
}
