// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <utility>

#include <doctest/doctest.h>

#include "evaluation/clock.hpp"

TEST_CASE("a clock counts what its work enqueued and nothing enqueued before") {
  double done = 0, enqueued = 100;  // seconds of a device that works only while somebody waits for it
  const marea::detail::Clock clock{.wait = [&] { done += std::exchange(enqueued, 0); }, .now = [&] { return done; }};

  CHECK(clock.seconds_of([&] { enqueued += 7; }) == 7);
}

TEST_CASE("on the host nothing is waited for") {
  const marea::detail::Clock clock{.now = [] { return 1.0; }};
  bool worked = false;

  CHECK(clock.seconds_of([&] { worked = true; }) == 0);
  CHECK(worked);
}
