// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "environment.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <marea/io/launcher.hpp>

namespace marea::cli {
namespace {

int own_cores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  return sched_getaffinity(0, sizeof mask, &mask) == 0 ? std::max(1, CPU_COUNT(&mask)) : 1;
}

/// True where the launcher bound each rank to cores of its own.
bool bound_by_launcher() {
  return std::getenv("OMPI_MCA_orte_bound_at_launch") || std::getenv("PRTE_BOUND_AT_LAUNCH") ||
         std::getenv("SLURM_CPU_BIND") || std::getenv("I_MPI_PIN_INFO");
}

}  // namespace

int threads_from_environment() { return std::max(0, first_number({"OMP_NUM_THREADS"}, 0)); }

void open_standard_streams() {
  int descriptor = 0;
  while (descriptor >= 0 && descriptor <= STDERR_FILENO) descriptor = ::open("/dev/null", O_RDWR);
  if (descriptor > STDERR_FILENO) ::close(descriptor);
}

void prepare_environment(char** argv) {
  const char* guard = "MAREA_ENVIRONMENT_OF_PROCESS";
  const std::string self = std::to_string(getpid());
  if (const char* done = std::getenv(guard); done && done == self) return;
  bool changed = false;
  const auto set = [&](const char* name, const std::string& value) {
    if (std::getenv(name)) return;
    setenv(name, value.c_str(), 1);
    changed = true;
  };
  const int local_ranks = std::max(1, first_number({"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS",
                                                    "SLURM_NTASKS_PER_NODE"}, launcher_ranks()));
  const bool bound = launcher_ranks() > 1 && bound_by_launcher();
  const int of_kokkos = first_number({"KOKKOS_NUM_THREADS"}, 0);
  if (of_kokkos > 0) set("OMP_NUM_THREADS", std::to_string(of_kokkos));
  set("OMP_NUM_THREADS", std::to_string(std::max(1, bound ? own_cores() : own_cores() / local_ranks)));
  set("OMP_WAIT_POLICY", bound ? "active" : "passive");  // spinning is fine on cores that nobody else uses
  if (!bound) set("GOMP_SPINCOUNT", "3000");             // some microseconds, the time between two loops of a solver
  if (bound) set("OMP_PLACES", "cores");
  set("OMP_PROC_BIND", bound ? "close" : "false");
  if (!changed) return;
  setenv(guard, self.c_str(), 1);
  std::error_code error;  // by its own name: ps and pkill show that of the file
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) execv(program.c_str(), argv);  // where that fails, the program runs on as it is
}

}  // namespace marea::cli
