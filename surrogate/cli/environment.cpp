// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "environment.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <system_error>

namespace marea::cli {
namespace {

/// The first of these variables that holds a number; Open MPI, MPICH and Intel MPI, SLURM.
int first_number(std::initializer_list<const char*> names, int otherwise) {
  for (const char* name : names) {
    const char* text = std::getenv(name);
    char* end = nullptr;
    if (const long value = text ? std::strtol(text, &end, 10) : 0; text && end != text) return static_cast<int>(value);
  }
  return otherwise;
}

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

int launcher_rank() { return first_number({"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID"}, 0); }

int launcher_ranks() {
  if (const int ranks = first_number({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}, 0)) return ranks;
  return std::getenv("SLURM_PROCID") ? first_number({"SLURM_NTASKS"}, 1) : 1;
}

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
