// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "evaluation/speed_up.hpp"

using namespace marea;
using detail::Method;

namespace {

/// Errors of the fields a and b on six runs, each of which takes `seconds`.
Method method(Method::Kind kind, std::string label, double a, double b, double seconds, double truth_of_b = 1) {
  Method m;
  m.kind = kind;
  m.label = std::move(label);
  m.score = detail::Score({"a", "b"}, {{"a", 0, 1}, {"b", 1, 1}}, 1);
  const std::vector<double> reference{1, 1, truth_of_b, truth_of_b};
  const std::vector<double> forecast{1 + a, 1 + a, truth_of_b + b, truth_of_b + b};
  const auto shape = {std::int64_t{1}, std::int64_t{2}, std::int64_t{1}, std::int64_t{2}};
  for (int run = 0; run < 6; ++run) {
    m.score.add(make_array_ref(forecast.data(), shape), make_array_ref(reference.data(), shape), {});
    m.timing.seconds.push_back({seconds});
  }
  return m;
}

OptionTree speed_up(const std::vector<Method>& methods) { return detail::speed_up(ModelInfo{}, methods); }

constexpr auto surrogate = Method::Kind::surrogate;
constexpr auto baseline = Method::Kind::baseline;
constexpr auto solver = Method::Kind::solver;

}  // namespace

TEST_CASE("the headline is the field in which the surrogate gains least") {
  std::vector<Method> methods;
  methods.push_back(method(surrogate, "net", 0.1, 0.4, 1));
  methods.push_back(method(solver, "coarse", 0.5, 0.4, 2));
  methods.push_back(method(solver, "fine", 0.1, 0.05, 8));
  const auto t = speed_up(methods);
  CHECK(t.find("field")->as_string() == "b");
  CHECK(t.find("ratio")->as_double() == doctest::Approx(2));
  CHECK(t.at_path("fields.a.ratio")->as_double() == doctest::Approx(8));
  CHECK(t.find("error")->as_double() == doctest::Approx(0.4));
}

TEST_CASE("a baseline that errs no more and costs less makes the surrogate not pay") {
  std::vector<Method> methods;
  methods.push_back(method(surrogate, "net", 0.1, 0.1, 1));
  methods.push_back(method(solver, "coarse", 0.5, 0.5, 2));
  methods.push_back(method(solver, "fine", 0.1, 0.1, 8));
  methods.push_back(method(baseline, "dear", 0.05, 0.05, 3));
  methods.push_back(method(baseline, "poor", 0.2, 0.2, 0.1));
  auto t = speed_up(methods);
  CHECK(t.find("verdict")->as_string() == "speed_up");
  CHECK(t.at_path("best_baseline.label")->as_string() == "dear");
  CHECK_FALSE(t.find("cheaper_baseline"));

  methods.push_back(method(baseline, "good", 0.3, 0.09, 0.5));
  t = speed_up(methods);
  CHECK(t.find("field")->as_string() == "b");
  CHECK(t.find("verdict")->as_string() == "baseline_pays");
  CHECK(t.find("solver_verdict")->as_string() == "speed_up");
  CHECK_FALSE(t.find("speed_up")->as_bool());
  CHECK(t.at_path("cheaper_baseline.label")->as_string() == "good");
  CHECK(t.at_path("fields.a.verdict")->as_string() == "speed_up");
}

TEST_CASE("a field in which no solver errs is left out, and does not end the comparison where it is the only one") {
  std::vector<Method> methods;
  methods.push_back(method(surrogate, "net", 0.1, 0, 1, 0));
  methods.push_back(method(solver, "fine", 0.1, 0, 8, 0));
  auto t = speed_up(methods);
  CHECK(t.find("field")->as_string() == "a");
  CHECK_FALSE(t.at_path("fields.b"));

  methods.clear();
  methods.push_back(method(surrogate, "net", 0.1, 0.1, 1));
  methods.push_back(method(solver, "exact", 0, 0, 8));
  t = speed_up(methods);
  CHECK(t.find("solver_cost_is")->as_string() == "upper_bound");
}
