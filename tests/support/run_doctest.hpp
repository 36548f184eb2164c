// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>

#include <doctest/doctest.h>
#include <mpi.h>

namespace marea::test {

/// Runs the test cases of this program on every rank; the result is non-zero on all ranks when any failed.
inline int run_doctest(int argc, char** argv) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  doctest::Context context(argc, argv);
  if (rank > 0) context.setOption("minimal", true);  // print failures only
  int result = context.run(), worst = 0;
  MPI_Allreduce(&result, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  return worst;
}

}  // namespace marea::test
