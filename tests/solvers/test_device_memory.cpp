// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/grid/describe.hpp>

#include <algorithm>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>

using namespace marea;

TEST_CASE("the host's copy of an array is the array itself only where the device is the host") {
  const StateView<double> q("q", 1, 2, 3, 4);
  const auto host = host_mirror(q);
  CHECK((static_cast<const void*>(host.data()) == q.data()) == device_is_host);
  CHECK(host.extent(3) == 4);

  Kokkos::deep_copy(q, 7.0);
  const auto copy = host_mirror_and_copy(q);
  CHECK(copy(0, 1, 2, 3) == 7);
  copy(0, 1, 2, 3) = 8;
  CHECK(host_mirror_and_copy(q)(0, 1, 2, 3) == (device_is_host ? 8 : 7));
}

TEST_CASE("an array on the device names its memory and device, and the host does not read it") {
  const StateView<float> q("q", 1, 2, 3, 4);
  const ArrayRef ref = describe(q);
  CHECK(ref.memory == device_memory);
  CHECK(ref.device == std::max(process_device(), 0));
  CHECK((device_memory == Memory::host) == device_is_host);
  if (device_is_host) {
    CHECK(ref.as<float>() == q.data());
    return;
  }
  const std::string message =
      "ArrayRef: f32[1, 2, 3, 4] lies on device " + std::to_string(ref.device) + "; copy it to the host first";
  CHECK_THROWS_WITH_AS(ref.as<float>(), message.c_str(), ShapeError);
  CHECK_THROWS_AS(copy(ref, ref), ShapeError);
}

TEST_CASE("the host's copy of an array is host memory on every backend") {
  const StateView<float> q("q", 1, 2, 3, 4);
  const auto host = host_mirror_and_copy(q);
  CHECK(describe(host).memory == Memory::host);
  CHECK(describe(host).as<float>() == host.data());
  const auto row = Kokkos::subview(host, 0, 1, 2, Kokkos::ALL);
  CHECK(describe(row).memory == Memory::host);
}
