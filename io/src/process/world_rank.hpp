// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <mpi.h>

namespace marea::detail {

/// This process's rank in MPI_COMM_WORLD; 0 where MPI does not run.
inline int world_rank() {
  int started = 0, stopped = 0, rank = 0;
  MPI_Initialized(&started);
  MPI_Finalized(&stopped);
  if (started && !stopped) MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

}  // namespace marea::detail
