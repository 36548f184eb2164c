// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#define DOCTEST_CONFIG_IMPLEMENT
#include "support/run_doctest.hpp"

int main(int argc, char** argv) {
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, std::array<int, 1>{}.data());
  const int result = marea::test::run_doctest(argc, argv);
  MPI_Finalize();
  return result;
}
