// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/grid/reduce.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <marea/io/random.hpp>

using namespace marea;

namespace test_reduce {

struct Wild {  // addends of both signs over 60 binary orders: any change of order would show
  Cells c;
  KOKKOS_INLINE_FUNCTION double operator()(int, int j, int i) const {
    const double n = static_cast<double>((c.offset[1] + j) * 1000 + c.offset[2] + i);
    return std::sin(n * n) * std::ldexp(1.0, static_cast<int>(n) % 61 - 30);
  }
};

/// One value that stands out.
struct Spike {
  int k, j, i;
  double value;
  KOKKOS_INLINE_FUNCTION double operator()(int at_k, int at_j, int at_i) const {
    return at_k == k && at_j == j && at_i == i ? value : 0.0;
  }
};

/// Two fields at once.
struct WildPair {
  Wild wild;
  KOKKOS_INLINE_FUNCTION Kokkos::Array<double, 2> operator()(int k, int j, int i) const {
    const Cells& c = wild.c;
    return {{wild(k, j, i), 1.0 / static_cast<double>(3 + c.offset[2] + i + 100 * (c.offset[1] + j))}};
  }
};

/// 1 / 3, 1 / 4, … over all orders of magnitude and of both signs, with one value that is told apart.
struct Numbers {
  std::int64_t odd_one;
  double odd_value;
  KOKKOS_INLINE_FUNCTION double operator()(std::int64_t n) const {
    if (n == odd_one) return odd_value;
    const double value = std::ldexp(1.0 / static_cast<double>(n + 3), static_cast<int>(n % 2000) - 1060);
    return n % 3 == 0 ? -value : value;
  }
};

double one_by_one(std::int64_t count, const Numbers& numbers) {
  ExactSum sum;
  for (std::int64_t n = 0; n < count; ++n) sum.add(numbers(n));
  return sum.value();
}

Grid plane(MPI_Comm comm, std::vector<int> ranks = {}, int nx = 61) {
  GridOptions o;
  o.nx = nx;
  o.ny = 47;
  o.ranks = std::move(ranks);
  return make_grid(o, 2, comm);
}

}  // namespace test_reduce

using namespace test_reduce;

TEST_CASE("the sum of a field has the same bits on every decomposition") {
  const Grid alone = plane(MPI_COMM_SELF);
  const double expected = reduce_sum("test", alone, Wild{alone.cells});
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  for (const auto& ranks : {std::vector<int>{}, {1, size}, {size, 1}}) {
    const Grid grid = plane(MPI_COMM_WORLD, ranks);
    CHECK(reduce_sum("test", grid, Wild{grid.cells}) == expected);
    CHECK(max_over_ranks(grid, local_max("test", grid.cells, Wild{grid.cells})) ==
          local_max("test", alone.cells, Wild{alone.cells}));
    CHECK(reduce_min("test", grid, Wild{grid.cells}) == reduce_min("test", alone, Wild{alone.cells}));
  }
}

TEST_CASE("the largest and the smallest value are found in whichever cell they stand") {
  const Cells c = plane(MPI_COMM_SELF, {}, 150).cells;  // more than a team looks at in a row
  int found = 0;
  for (int j = c.begin[1]; j < c.end[1]; ++j) {
    for (int i = c.begin[2]; i < c.end[2]; ++i) {
      found += local_max("test", c, Spike{c.begin[0], j, i, 2.0}) == 2.0;
      found += local_min("test", c, Spike{c.begin[0], j, i, -2.0}) == -2.0;
    }
  }
  CHECK(found == 2 * c.count(1) * c.count(2));
}

TEST_CASE("the sum of a field is that of its values, added one by one on the host") {
  const Grid alone = plane(MPI_COMM_SELF);
  const Cells& c = alone.cells;
  const Wild wild{c};
  ExactSum sum, reciprocals;
  for (int j = c.begin[1]; j < c.end[1]; ++j) {
    for (int i = c.begin[2]; i < c.end[2]; ++i) {
      sum.add(wild(0, j, i));
      reciprocals.add(WildPair{wild}(0, j, i)[1]);
    }
  }
  CHECK(reduce_sum("test", alone, wild) == sum.value());

  const Grid grid = plane(MPI_COMM_WORLD);
  const auto both = reduce_sums<2>("test", grid, WildPair{Wild{grid.cells}});
  CHECK(both[0] == sum.value());
  CHECK(both[1] == reciprocals.value());
}

TEST_CASE("a kernel's sum of many numbers has the bits of the host's") {
  for (const std::int64_t count : {0, 1, 2, 63, 1000, 300000}) {
    const Numbers numbers{-1, 0};
    CHECK(local_exact_sum("test", count, numbers).value() == one_by_one(count, numbers));
  }
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(local_exact_sum("test", 5000, Numbers{4321, infinity}).value() == infinity);
  CHECK(local_exact_sum("test", 5000, Numbers{0, -infinity}).value() == -infinity);
  CHECK(std::isnan(local_exact_sum("test", 5000, Numbers{17, std::nan("")}).value()));
  const double largest = std::numeric_limits<double>::max();
  CHECK(local_exact_sum("test", 2, Numbers{1, largest}).value() == largest);
}

TEST_CASE("an exact sum forgets nothing and rounds once") {
  ExactSum sum;
  sum.add(1e300);
  sum.add(1.0);
  sum.add(-1e300);
  sum.add(0x1p-60);
  CHECK(sum.value() == 1.0);  // 1 + 2^-60 to nearest
  sum.add(-1.0);
  CHECK(sum.value() == 0x1p-60);
  sum.add(-0x1p-60);
  CHECK(sum.value() == 0.0);
  ExactSum tiny;
  tiny.add(-std::numeric_limits<double>::denorm_min());
  CHECK(tiny.value() == -std::numeric_limits<double>::denorm_min());
  ExactSum tie;  // halfway between 1 and its neighbour: to even, unless something small stands behind
  tie.add(1.0);
  tie.add(0x1p-53);
  CHECK(tie.value() == 1.0);
  tie.add(0x1p-200);
  CHECK(tie.value() == 1.0 + 0x1p-52);
  ExactSum large;
  large.add(std::numeric_limits<double>::max());
  CHECK(large.value() == std::numeric_limits<double>::max());
  large.add(std::numeric_limits<double>::quiet_NaN());
  CHECK(std::isnan(large.value()));
}

TEST_CASE("an exact sum of integers is their sum, in any order and in parts") {
  const Random random(5, "test.exact_sum");
  ExactSum forward, backward, parts;
  std::int64_t expected = 0;
  constexpr int count = 2000;
  for (int n = 0; n < count; ++n) {
    const auto value = static_cast<std::int64_t>(random.bits(n) >> 24) - (std::int64_t{1} << 39);
    expected += value;
    forward.add(static_cast<double>(value));
    ExactSum one;
    one.add(static_cast<double>(value));
    parts.add(one);
  }
  for (int n = count; n-- > 0;)
    backward.add(static_cast<double>(static_cast<std::int64_t>(random.bits(n) >> 24) - (std::int64_t{1} << 39)));
  CHECK(forward.value() == static_cast<double>(expected));
  CHECK(backward.value() == static_cast<double>(expected));
  CHECK(parts.value() == static_cast<double>(expected));
}
