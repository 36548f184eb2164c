// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

namespace marea {

/// Throws ConfigError for more threads than eight a core of this process, or more than 512: beyond that threads cannot
/// be made, or a loop takes seconds. OpenMP may give fewer (OMP_THREAD_LIMIT); then these are taken.
void require_threads(int threads);

/// Starts MPI (SERIALIZED) and Kokkos where they do not run yet, and stops in the destructor what it started.
/// The ranks of a node take its CUDA devices in turn; "cuda" means that one from then on (process_device()).
/// `threads` = 0 takes OMP_NUM_THREADS, and where that is unset the affinity mask divided by the ranks that share it.
/// No Kokkos in this header.
class Runtime {
 public:
  explicit Runtime(int threads = 0);
  Runtime(int& argc, char**& argv, int threads = 0);
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  ~Runtime();

  /// Called by a thread that is going to run solvers and did not start them: a Kokkos before 3.7 serves the thread
  /// that started it, and with this one after another. One thread at a time may run solvers.
  static void adopt_thread();
  static int threads();            ///< threads of Kokkos's host space
  static int device();             ///< number of the CUDA device that kernels run on; -1: the host
  static std::string backends();   ///< "OpenMP, Serial"
  static std::string kokkos_version();

 private:
  bool started_mpi_ = false, started_kokkos_ = false;
};

}  // namespace marea
