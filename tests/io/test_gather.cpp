// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/gather.hpp>

#include <algorithm>

#include <doctest/doctest.h>

#include <marea/io/field_extents.hpp>
#include <marea/io/host_array.hpp>

#include "support/sample_run.hpp"

using namespace marea;
using Extents = std::vector<std::int64_t>;

namespace {

/// A number that says where it belongs.
double number(std::int64_t j, std::int64_t i, std::int64_t component) {
  return static_cast<double>(100 * j + 10 * i + component);
}

/// Calls use(j, i, c, value) for the elements of `array` over `block`, with global indices; any number of components.
template <class F> void for_each(const HostArray& array, const Block& block, F&& use) {
  const auto values = array.values<double>();
  const std::int64_t cells = block.extent[0] * block.extent[1];
  const std::int64_t components = cells > 0 ? array.size() / cells : 0;
  std::size_t n = 0;
  for (std::int64_t j = 0; j < block.extent[0]; ++j)
    for (std::int64_t i = 0; i < block.extent[1]; ++i)
      for (std::int64_t c = 0; c < components; ++c) use(block.offset[0] + j, block.offset[1] + i, c, values[n++]);
}

}  // namespace

TEST_CASE("a field has one axis of components for each tensor rank, in its block and in the grid") {
  const Block block{.rank = 2, .global = {6, 7}, .offset = {2, 0}, .extent = {4, 3}};
  CHECK(block_extents(block, {.rank = 0}) == Extents{4, 3});
  CHECK(block_extents(block, {.rank = 1}) == Extents{4, 3, 2});
  CHECK(block_extents(block, {.rank = 2}) == Extents{4, 3, 2, 2});
  CHECK(grid_extents(block, {.rank = 2}) == Extents{6, 7, 2, 2});
}

TEST_CASE("scalars, vectors and tensors come together on rank 0 and go back to their blocks") {
  const test::SampleRun run(MPI_COMM_WORLD);
  const Block& block = run.grid.block;
  const Block grid{.rank = 2, .global = block.global, .offset = {}, .extent = block.global};
  const BlockGather plan(run.grid);
  for (int rank = 0; rank < 3; ++rank) {
    const FieldInfo field{.rank = rank};
    HostArray mine(DType::f64, block_extents(block, field)), back(DType::f64, block_extents(block, field));
    HostArray whole;
    if (plan.root()) whole = HostArray(DType::f64, grid_extents(block, field));
    for_each(mine, block, [](auto j, auto i, auto c, double& value) { value = number(j, i, c); });
    plan.gather(mine.ref(), whole.ref());
    if (plan.root())
      for_each(whole, grid, [](auto j, auto i, auto c, double value) { CHECK(value == number(j, i, c)); });
    plan.scatter(whole.ref(), back.ref());
    CHECK(std::ranges::equal(back.values<double>(), mine.values<double>()));
  }
}
