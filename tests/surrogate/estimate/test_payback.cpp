// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include "estimate/study.hpp"

using namespace marea;
using namespace marea::detail;

namespace {

/// A solver and a surrogate that halves the cost of a study of 100 s; its pilot took 10 s.
Study study_of(double training, double data) {
  Study s;
  s.labels = {"solver", "surrogate"};
  s.surrogate = {false, true};
  s.cards.resize(2);
  s.cards[1]["seconds"] = training;
  if (data > 0) s.cards[1]["data_seconds"] = data;
  s.costs = {20, 1};
  s.pilot = 10;
  s.plan.groups = {{{0, 1}, 16}, {{1}, 100}};
  s.plan.cost = 100;
  s.gain = {.over_monte_carlo = 12, .low = 10, .high = 14, .of_levels = 6};
  return s;
}

}  // namespace

TEST_CASE("training and data are paid back by what each estimate saves, the surrogate's pilot paid") {
  const Payback p = payback_of(study_of(200, 691));

  CHECK(p.saved_seconds == 90);  // 2 x 100 s without the surrogate, less 100 s and its 10 runs in the pilot
  CHECK(p.estimates == 10);      // 891 s / 90 s
  CHECK(payback_line(p).find("paid back after 10 estimates") != std::string::npos);
}

TEST_CASE("data whose cost was not measured leave the payback unknown") {
  const Payback p = payback_of(study_of(200, 0));

  CHECK_FALSE(p.data_seconds);
  CHECK_FALSE(p.estimates);
  CHECK(payback_line(p).find("was not measured: estimates until it is paid back unknown") != std::string::npos);
}

TEST_CASE("a surrogate that saves nothing is not paid back") {
  Study s = study_of(200, 691);
  s.gain.of_levels = 12;
  const Payback p = payback_of(s);

  CHECK(p.saved_seconds == -10);
  CHECK_FALSE(p.estimates);
  CHECK(payback_line(p).find("not paid back") != std::string::npos);
}

TEST_CASE("a surrogate that the plan leaves out costs the estimate nothing") {
  Study s = study_of(200, 691);
  s.plan.groups = {{{0}, 16}};

  CHECK(payback_of(s).surrogates == 0);
}
