// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/runtime.hpp>

#include <sched.h>

#include <algorithm>
#include <cstdlib>

#include <mpi.h>

#include <marea/io/error.hpp>
#include <marea/io/launcher.hpp>
#include <marea/io/mpi_io.hpp>
#include <marea/io/queue.hpp>
#include <marea/solvers/device.hpp>
#include <marea/solvers/grid/kokkos_compat.hpp>

#ifdef KOKKOS_ENABLE_OPENMP
#include <omp.h>
#endif

namespace marea {
namespace {

bool start_mpi(int* argc, char*** argv) {
  int running = 0;
  MPI_Initialized(&running);
  if (running) return false;
  int provided = 0;
  choose_mpi_io();
  leave_step_of_launcher();
  MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &provided);
  return true;
}

/// This rank's number among those of its node. Collective.
int rank_in_node() {
  MPI_Comm node;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  int rank = 0;
  MPI_Comm_rank(node, &rank);
  MPI_Comm_free(&node);
  return rank;
}

/// Cores of this process's affinity mask, shared fairly with the ranks of this node that have the same mask.
int affinity_threads() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) return 1;
  MPI_Comm node;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  int ranks = 1;
  MPI_Comm_size(node, &ranks);
  // The ranks share the union of their masks; on a node where each has its own cores that is its own count.
  cpu_set_t all = mask;
  MPI_Allreduce(MPI_IN_PLACE, &all, static_cast<int>(sizeof all), MPI_BYTE, MPI_BOR, node);
  MPI_Comm_free(&node);
  return std::max(1, std::min(CPU_COUNT(&mask), CPU_COUNT(&all) / ranks));
}

/// OMP_NUM_THREADS where somebody set it, otherwise what the affinity masks allow.
int default_threads() {
  const char* wanted = std::getenv("OMP_NUM_THREADS");
  const int threads = wanted ? std::atoi(wanted) : 0;
  return threads > 0 ? threads : affinity_threads();
}

/// What OpenMP gives of `wanted` threads, the same number in every loop of this thread.
int given_threads(int wanted) {
#ifdef KOKKOS_ENABLE_OPENMP
  omp_set_dynamic(0);
  wanted = std::min(wanted, omp_get_thread_limit());
#endif
  return wanted;
}

#if defined(KOKKOS_ENABLE_OPENMP) && __has_include(<OpenMP/Kokkos_OpenMP_Exec.hpp>)
/// Kokkos's thread pool as the thread that started it knows it.
Kokkos::Impl::OpenMPExec*& thread_pool() {
  static Kokkos::Impl::OpenMPExec* self = nullptr;
  return self;
}
void keep_thread_pool() { thread_pool() = Kokkos::Impl::t_openmp_instance; }
void take_thread_pool() { Kokkos::Impl::t_openmp_instance = thread_pool(); }
#else
void keep_thread_pool() {}
void take_thread_pool() {}
#endif

bool start_compute(int threads) {
  const bool starts = !Kokkos::is_initialized();
  if (starts) {
    if (threads <= 0) threads = default_threads();
    require_threads(threads);
    const int devices = device_count();
    const int device = devices > 0 ? device_of_rank(rank_in_node(), devices) : -1;
    ::unsetenv("KOKKOS_NUM_THREADS");  // Kokkos ends the program where it is not that of OpenMP
    start_kokkos(given_threads(threads), device);
    keep_thread_pool();
  }
  set_process_device(default_queue().device);
  return starts;
}

}  // namespace

void require_threads(int threads) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  const int cores = sched_getaffinity(0, sizeof mask, &mask) == 0 ? CPU_COUNT(&mask) : 1;
  const int most = std::min(512, 8 * std::max(1, cores));
  if (threads > most)
    fail<ConfigError>("threads", threads, " must be at most ", most, ": eight for each of the ", cores,
                      " cores that this process may use; set OMP_NUM_THREADS to the number of cores");
}

Runtime::Runtime(int threads) : started_mpi_(start_mpi(nullptr, nullptr)), started_kokkos_(start_compute(threads)) {}
Runtime::Runtime(int& argc, char**& argv, int threads)
    : started_mpi_(start_mpi(&argc, &argv)), started_kokkos_(start_compute(threads)) {}

Runtime::~Runtime() {
  if (started_kokkos_) take_thread_pool(), Kokkos::finalize();
  if (started_mpi_) MPI_Finalize();
}

void Runtime::adopt_thread() {
  given_threads(1);
  take_thread_pool();
}

int Runtime::threads() { return Kokkos::DefaultHostExecutionSpace().concurrency(); }

int Runtime::device() { return process_device(); }

std::string Runtime::backends() {
  std::string names = Device::name();
  for (const std::string name : {Kokkos::DefaultHostExecutionSpace::name(), "Serial"})
    if (names.find(name) == std::string::npos) names += ", " + name;
  return names;
}

std::string Runtime::kokkos_version() {
  return std::to_string(KOKKOS_VERSION / 10000) + "." + std::to_string(KOKKOS_VERSION / 100 % 100) + "." +
         std::to_string(KOKKOS_VERSION % 100);
}

}  // namespace marea
