// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/thread_limit.hpp>

#include <algorithm>
#include <limits>

#include <marea/solvers/grid/kokkos_compat.hpp>

namespace marea {
namespace {

int limit = std::numeric_limits<int>::max();

}  // namespace

ThreadLimit::ThreadLimit(int threads) : before_(limit) {
  limit = std::max(1, threads);
#ifdef KOKKOS_ENABLE_OPENMP
#pragma omp parallel num_threads(ThreadLimit::threads())
  {
  }
#endif
}

ThreadLimit::~ThreadLimit() { limit = before_; }

int ThreadLimit::threads() { return std::min(limit, Kokkos::DefaultHostExecutionSpace().concurrency()); }

}  // namespace marea
