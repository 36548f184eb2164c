// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/io/queue.hpp>

// Where and in which order the solvers' kernels run. No Kokkos in this header.
namespace marea {

/// The queue of the solvers' kernels: what one of them writes is ready for whatever is enqueued there later.
Queue device_queue();

/// Waits until everything in device_queue() is done.
void fence();

/// The CUDA device of a rank: those of one node take its devices in turn. -1 where there is none.
int device_of_rank(int rank_in_node, int devices);

/// True where MPI takes pointers to the solvers' memory: MAREA_CUDA_AWARE_MPI = 0 or 1 where somebody set it, otherwise
/// what Open MPI says of itself; always true where the solvers' memory is the host's. False: hand it pinned host memory.
bool mpi_reads_device_memory();

}  // namespace marea
