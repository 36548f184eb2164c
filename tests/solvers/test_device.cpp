// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/device.hpp>

#include <doctest/doctest.h>

#include <marea/solvers/runtime.hpp>

using namespace marea;

TEST_CASE("the ranks of a node take its devices in turn") {
  CHECK(device_of_rank(0, 4) == 0);
  CHECK(device_of_rank(3, 4) == 3);
  CHECK(device_of_rank(5, 4) == 1);
  CHECK(device_of_rank(2, 1) == 0);
  CHECK(device_of_rank(2, 0) == -1);
}

TEST_CASE("the runtime, the solvers' queue and the process name one device") {
  CHECK(Runtime::device() == process_device());
  CHECK(device_queue().device == process_device());
  if (Runtime::device() < 0) CHECK(device_queue().stream == nullptr);
  fence();
}
