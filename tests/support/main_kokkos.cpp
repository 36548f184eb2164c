// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#define DOCTEST_CONFIG_IMPLEMENT
#include "support/run_doctest.hpp"

#include <Kokkos_Core.hpp>

int main(int argc, char** argv) {
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, std::array<int, 1>{}.data());
  int result = 0;
  {
    Kokkos::ScopeGuard kokkos(argc, argv);
    result = marea::test::run_doctest(argc, argv);
  }
  MPI_Finalize();
  return result;
}
