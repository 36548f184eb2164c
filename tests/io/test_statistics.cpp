// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/host_array.hpp>
#include <marea/io/statistics.hpp>

using namespace marea;
using doctest::Approx;

TEST_CASE("statistics of four numbers follow their formulas") {
  RunningStatistics s;
  s.add(std::vector<double>{2, 4, 4, 6});

  CHECK(s.count() == 4);
  CHECK(s.mean() == 4);
  CHECK(s.variance() == 2);
  CHECK(s.standard_deviation() == Approx(std::sqrt(2)));
  CHECK(s.rms() == Approx(std::sqrt(18)));
  CHECK(s.minimum() == 2);
  CHECK(s.maximum() == 6);
}

TEST_CASE("pieces give what the whole gives") {
  RunningStatistics whole, pieces, rest;
  whole.add(std::vector<double>{1, 2, 3, 10, 20});
  pieces.add(std::vector<float>{1, 2});
  pieces.add(std::vector<double>{});
  rest.add(std::vector<float>{3, 10, 20});
  pieces.merge(rest);

  CHECK(pieces.count() == whole.count());
  CHECK(pieces.mean() == Approx(whole.mean()).epsilon(1e-15));
  CHECK(pieces.variance() == Approx(whole.variance()).epsilon(1e-15));
  CHECK(pieces.maximum() == 20);
}

TEST_CASE("a large offset costs no digits of the variance") {
  // 1e9 + {0, 1, 2, ...}: sums of squares would lose the variance altogether.
  RunningStatistics s;
  for (int piece = 0; piece < 100; ++piece) {
    std::vector<double> values;
    for (int i = 0; i < 100; ++i) values.push_back(1e9 + i);
    s.add(values);
  }

  CHECK(s.mean() == Approx(1e9 + 49.5).epsilon(1e-15));
  CHECK(s.variance() == Approx((100. * 100 - 1) / 12).epsilon(1e-10));
}

TEST_CASE("strided single precision arrays count each element once") {
  HostArray array(DType::f32, {2, 3});
  for (int i = 0; i < 6; ++i) array.values<float>()[i] = static_cast<float>(i);
  RunningStatistics column;
  column.add(array.ref().slice(1, 2, 3));

  CHECK(column.count() == 2);
  CHECK(column.mean() == 3.5);
}

TEST_CASE("nothing added gives zero deviation and empty extrema") {
  const RunningStatistics s;
  CHECK(s.count() == 0);
  CHECK(s.standard_deviation() == 0);
  CHECK(s.minimum() > s.maximum());
}
