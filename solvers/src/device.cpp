// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/device.hpp>

#include <cstdlib>
#include <string_view>

#include <mpi.h>
#if __has_include(<mpi-ext.h>)
#include <mpi-ext.h>
#endif

#include <marea/solvers/grid/kokkos_compat.hpp>

namespace marea {

Queue device_queue() { return default_queue(); }

void fence() { Device().fence(); }

int device_of_rank(int rank_in_node, int devices) { return devices > 0 ? rank_in_node % devices : -1; }

bool mpi_reads_device_memory() {
  if (device_is_host) return true;
  if (const char* wanted = std::getenv("MAREA_CUDA_AWARE_MPI")) return wanted != std::string_view("0");
#if defined(MPIX_CUDA_AWARE_SUPPORT) && !defined(KOKKOS_ENABLE_IMPL_CUDA_MALLOC_ASYNC)
  return MPIX_Query_cuda_support() == 1;  // not of memory from a stream-ordered pool
#else
  return false;
#endif
}

}  // namespace marea
