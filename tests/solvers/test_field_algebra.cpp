// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/field_algebra.hpp>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>
#include <mpi.h>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/device_array.hpp>

using namespace marea;
using namespace marea::field_algebra;

namespace {

DeviceArray device(std::vector<double> values, std::initializer_list<std::int64_t> extents, DType dtype = DType::f64) {
  DeviceArray array(dtype, extents);
  copy_array(make_array_ref(values.data(), DType::f64, array.ref().extents()), array.ref());
  return array;
}

std::vector<double> host(const ArrayRef& array) {
  std::vector<double> values(static_cast<std::size_t>(array.size()));
  copy_array(array, make_array_ref(values.data(), DType::f64, array.extents()));
  return values;
}

/// 0, 1, 2, …
std::vector<double> count_up(std::int64_t size) {
  std::vector<double> values(static_cast<std::size_t>(size));
  std::iota(values.begin(), values.end(), 0.0);
  return values;
}

int rank_of(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank;
}

int size_of(MPI_Comm comm) {
  int size = 1;
  MPI_Comm_size(comm, &size);
  return size;
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a device array starts at zero and owns its memory") {
  DeviceArray a(DType::f32, {2, 3});
  CHECK(host(a.ref()) == std::vector<double>(6, 0.0));
  const void* memory = a.ref().data;
  const DeviceArray b = std::move(a);
  CHECK(b.ref().data == memory);
  CHECK(a.empty());
  CHECK(DeviceArray(DType::f64, {3, 0}).size() == 0);
  CHECK(DeviceArray().size() == 0);
}

TEST_CASE("copies keep every element between strides, precisions and memories") {
  const DeviceArray field = device(count_up(2 * 3 * 5), {2, 3, 5});
  const DeviceArray components(DType::f32, {3, 5, 2});  // as a vector field keeps them
  copy_array(field.ref().permute({1, 2, 0}), components.ref());
  CHECK(host(components.ref().permute({2, 0, 1})) == count_up(30));

  HostArray wide(DType::f64, {3, 7});
  copy_array(components.ref()[1].permute({1, 0}), wide.ref().slice(0, 0, 2).slice(1, 1, 6));
  CHECK(wide.values<double>()[1] == 5);   // component 0 of cell (1, 0)
  CHECK(wide.values<double>()[12] == 24);  // component 1 of cell (1, 4)
  CHECK(wide.values<double>()[0] == 0);
  copy_array(wide.ref().slice(0, 0, 2).slice(1, 1, 6), field.ref()[0].slice(0, 0, 2));
  CHECK(host(field.ref()[0])[9] == 24);

  const std::vector<double> special{-0.0, not_a_number, -infinity};
  const auto back = host(device(special, {3}).ref());
  CHECK(std::signbit(back[0]));
  CHECK(std::isnan(back[1]));
  CHECK(back[2] == -infinity);
}

TEST_CASE("a copy between different extents is refused") {
  const DeviceArray a(DType::f64, {2, 3}), b(DType::f64, {3, 2});
  CHECK_THROWS_AS(copy_array(a.ref(), b.ref()), ShapeError);
  CHECK_THROWS_AS(combine({{1, a.ref()}}, b.ref()), ShapeError);
}

TEST_CASE("bytes count where host and device are two") {
  const MovedBytes before = moved_bytes();
  const DeviceArray a = device(count_up(6), {6}), b(DType::f32, {6});
  const std::int64_t crossing = a.ref().memory == Memory::host ? 0 : 48;
  CHECK(moved_bytes().to_device - before.to_device == crossing);
  copy_array(a.ref(), b.ref());
  CHECK(moved_bytes().to_device - before.to_device == crossing);
  CHECK(moved_bytes().to_host == before.to_host);
  host(b.ref());
  CHECK(moved_bytes().to_host - before.to_host == crossing / 2);
}

TEST_CASE("combine adds multiples of arrays of any stride and precision") {
  const DeviceArray a = device({1, 2, 3, 4, 5, 6}, {2, 3}), b = device({10, 20, 30, 40, 50, 60}, {3, 2}, DType::f32);
  const DeviceArray out(DType::f64, {2, 3});
  combine({{1, a.ref()}, {0.5, b.ref().permute({1, 0})}}, out.ref(), 2);
  CHECK(host(out.ref()) == std::vector<double>{12, 34, 56, 28, 50, 72});
  combine({{1, out.ref()}, {-2, a.ref()}}, out.ref());
  CHECK(host(out.ref()) == std::vector<double>{10, 30, 50, 20, 40, 60});
  CHECK_THROWS_AS(combine({}, out.ref()), ShapeError);

  const DeviceArray none(DType::f64, {0, 3});
  CHECK_NOTHROW(combine({{1, none.ref()}}, none.ref()));

  const DeviceArray many = device(count_up(3 * 1000), {3, 1000});  // longer than a stretch of the kernel
  const DeviceArray sum(DType::f64, {1000, 3});
  combine({{1, many.ref().permute({1, 0})}}, sum.ref());
  CHECK(host(sum.ref().permute({1, 0})) == count_up(3 * 1000));
}

TEST_CASE("norms, totals and ranges are those of the values, channel by channel") {
  const DeviceArray q = device({1, -2, 3, 4, 0, -6}, {2, 3});
  CHECK(weighted_norm2(q.ref(), std::vector<double>{1, 0.5}, MPI_COMM_SELF) == 14 + 0.5 * 52);
  CHECK(total(q.ref(), MPI_COMM_SELF) == std::vector<double>{2, -2});
  CHECK(total_magnitude(q.ref(), MPI_COMM_SELF) == std::vector<double>{6, 10});
  const auto ranges = range(q.ref(), MPI_COMM_SELF);
  REQUIRE(ranges.size() == 2);
  CHECK(ranges[0].minimum == -2);
  CHECK(ranges[0].maximum == 3);
  CHECK(ranges[1].minimum == -6);
  CHECK(ranges[1].maximum == 4);
  CHECK(ranges[0].finite);
  CHECK(total(q.ref().slice(1, 0, 2), MPI_COMM_SELF) == std::vector<double>{-1, 4});
  CHECK(total(q.ref().permute({1, 0}), MPI_COMM_SELF) == std::vector<double>{5, -2, -3});
  CHECK_THROWS_AS(weighted_norm2(q.ref(), std::vector<double>{1}, MPI_COMM_SELF), ShapeError);
}

TEST_CASE("what is not finite shows in its channel alone") {
  const DeviceArray q = device({1, not_a_number, 3, 4, infinity, 6, 7, 8, 9}, {3, 3});
  const auto ranges = range(q.ref(), MPI_COMM_SELF);
  CHECK(!ranges[0].finite);
  CHECK(!ranges[1].finite);
  CHECK(ranges[2].finite);
  CHECK(ranges[0].minimum == 1);
  CHECK(ranges[0].maximum == 3);
  const auto totals = total(q.ref(), MPI_COMM_SELF);
  CHECK(std::isnan(totals[0]));
  CHECK(totals[1] == infinity);
  CHECK(totals[2] == 24);
  CHECK(std::isnan(weighted_norm2(q.ref(), std::vector<double>{1, 1, 1}, MPI_COMM_SELF)));
}

TEST_CASE("sums over ranks forget nothing, and empty blocks change nothing") {
  const MPI_Comm comm = MPI_COMM_WORLD;
  const int rank = rank_of(comm), size = size_of(comm);
  // Twelve cells over all ranks but the last, which has none where there are more than one.
  const int owners = size > 1 ? size - 1 : 1;
  const std::int64_t begin = rank < owners ? 12 * rank / owners : 12;
  const std::int64_t end = rank < owners ? 12 * (rank + 1) / owners : 12;
  const std::vector<double> all{1e300, 1, -1e300, 0.25, 2, -3, 4, -5, 6, -7, 8, -0.25};
  const DeviceArray mine = device({all.begin() + begin, all.begin() + end}, {1, end - begin});
  CHECK(total(mine.ref(), comm) == std::vector<double>{6});
  const auto ranges = range(mine.ref(), comm);
  CHECK(ranges[0].minimum == -1e300);
  CHECK(ranges[0].maximum == 1e300);
  CHECK(ranges[0].finite);

  const DeviceArray whole = device({0.1, 0.2, 0.3, 0.7, 1.1, 1.3, 1.7, 1.9, 2.3, 2.9, 3.1, 3.7}, {1, 12});
  const ArrayRef part = whole.ref().slice(1, begin, end);
  const std::vector<double> weight{1.0 / 3};
  CHECK(weighted_norm2(part, weight, comm) == weighted_norm2(whole.ref(), weight, MPI_COMM_SELF));
}

TEST_CASE("a value that is not finite on one rank is known on all") {
  const MPI_Comm comm = MPI_COMM_WORLD;
  const DeviceArray mine = device({rank_of(comm) == size_of(comm) - 1 ? not_a_number : 1.0}, {1, 1});
  CHECK(!range(mine.ref(), comm)[0].finite);
  CHECK(std::isnan(total(mine.ref(), comm)[0]));
}
