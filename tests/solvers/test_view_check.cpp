// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include <marea/solvers/view_check.hpp>

using namespace marea;

TEST_CASE("kernels find the Views that are members of a class") { CHECK(view_fault() == ""); }

TEST_CASE("a class that the device lays out otherwise than the host is told, with the option of Kokkos that mends it") {
  const std::uint64_t given[] = {1, 2, 3}, seen[] = {1, 3, 2};
  CHECK(detail::view_fault(given, given) == "");
  const std::string fault = detail::view_fault(given, seen);
  CHECK(fault.find("Kokkos_ENABLE_IMPL_VIEW_LEGACY=ON") != fault.npos);
}
