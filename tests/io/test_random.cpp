// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <set>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/io/random.hpp>

using namespace marea;

TEST_CASE("philox gives the known answers that Random123 publishes in kat_vectors") {
  using Words = std::array<std::uint32_t, 4>;
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a number depends on seed, stream and index alone") {
  // seed and index 0, stream 0: the first two words of the first known answer, 0xe169c58d6627e8d5.
  CHECK(Random(0, 0).bits(0) == 0xe169c58d6627e8d5);
  CHECK(Random(0, 0).uniform(0) == std::ldexp(static_cast<double>(0xe169c58d6627e8d5 >> 11), -53));
  CHECK(Random(1, 2).uniform(3) == Random(1, 2).uniform(3));
  CHECK(Random(1, 2).bits(3) != Random(2, 2).bits(3));
  CHECK(Random(1, 2).bits(3) != Random(1, 3).bits(3));
  CHECK(Random(1, "train.order", 0).bits(0) != Random(1, "train.order", 1).bits(0));
  CHECK(Random(1, "train.order").bits(0) != Random(1, "train.weights").bits(0));
  CHECK(random_uniform(1, 2, 3) == Random(1, 2).uniform(3));
}

TEST_CASE("uniform numbers have the mean and the variance of [0, 1)") {
  const int n = 20000;
  double uniform = 0, uniform2 = 0, least = 1, most = 0;
  const Random random(20261121, "test");
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform(i);
    uniform += u / n;
    uniform2 += (u - 0.5) * (u - 0.5) / n;
    least = std::min(least, u);
    most = std::max(most, u);
  }
  CHECK(least >= 0);
  CHECK(most < 1);
  // Five standard errors: sqrt(1/12n) of the mean, sqrt(1/180n) of the variance.
  CHECK(std::abs(uniform - 0.5) < 5 * std::sqrt(1 / (12.0 * n)));
  CHECK(std::abs(uniform2 - 1 / 12.0) < 5 * std::sqrt(1 / (180.0 * n)));
}

TEST_CASE("below stays below and meets every value") {
  std::set<std::int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(Random(7).below(i, 6));
  CHECK(seen == std::set<std::int64_t>{0, 1, 2, 3, 4, 5});
  CHECK(Random(7).below(0, 1) == 0);
  CHECK_THROWS_WITH_AS(Random(7).below(0, 0), "Random: count = 0 must be >= 1", ConfigError);
}

TEST_CASE("a permutation holds each index once and is another one for another stream") {
  std::vector<std::int64_t> order = Random(7, "train.order", 3).permutation(100);
  CHECK(order != Random(7, "train.order", 4).permutation(100));
  CHECK(order == Random(7, "train.order", 3).permutation(100));
  std::sort(order.begin(), order.end());
  for (std::int64_t i = 0; i < 100; ++i) CHECK(order[i] == i);
  CHECK(Random(7).permutation(0).empty());
}
