// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <vector>

#include <doctest/doctest.h>

#include "evaluation/resample.hpp"

using namespace marea;

TEST_CASE("a coarser grid takes block means") {
  const std::vector<double> fine{1, 3, 5, 7, 2, 4, 6, 8};
  std::vector<double> coarse(2);
  detail::resample(make_array_ref(fine.data(), {2, 4}), {}, make_array_ref(coarse.data(), {1, 2}));
  CHECK(coarse[0] == 2.5);
  CHECK(coarse[1] == 6.5);
}

TEST_CASE("a linear field stays linear on a finer grid, away from the ends") {
  std::vector<double> coarse{1, 3, 5, 7}, fine(8);
  detail::resample(make_array_ref(coarse.data(), {4}), {}, make_array_ref(fine.data(), {8}));
  // Centres of the fine cells lie at 0.5, 1, … coarse cells: 1 + 2 (x - 0.5).
  for (int i = 1; i < 7; ++i) CHECK(fine[static_cast<std::size_t>(i)] == doctest::Approx(0.5 + i));
  CHECK(fine[0] == 1);
  CHECK(fine[7] == 7);
}

TEST_CASE("masked cells take no part in an interpolation") {
  std::vector<double> coarse{2, 1000, 4, 6}, mask{1, 0, 1, 1}, fine(8);
  detail::resample(make_array_ref(coarse.data(), {4}), make_array_ref(mask.data(), {4}), make_array_ref(fine.data(), {8}));
  CHECK(fine[1] == 2);
  CHECK(fine[4] == 4);
  CHECK(fine[5] == doctest::Approx(4.5));
}
