// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/launcher.hpp>

#include <cstdlib>
#include <string>
#include <vector>

extern char** environ;

namespace marea {

int first_number(std::initializer_list<const char*> names, int otherwise) {
  for (const char* name : names) {
    const char* text = std::getenv(name);
    char* end = nullptr;
    if (const long value = text ? std::strtol(text, &end, 10) : 0; text && end != text) return static_cast<int>(value);
  }
  return otherwise;
}

int launcher_rank() { return first_number({"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID"}, 0); }

int launcher_ranks() {
  if (const int ranks = first_number({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}, 0)) return ranks;
  return std::getenv("SLURM_PROCID") ? first_number({"SLURM_NTASKS"}, 1) : 1;
}

void leave_step_of_launcher() {
  // One rank that nobody launched would start a daemon, by a search path and a remote shell that may not be there.
  if (!std::getenv("OMPI_COMM_WORLD_SIZE") && launcher_ranks() <= 1)
    ::setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
  if (!std::getenv("SLURM_STEPID") || std::getenv("OMPI_COMM_WORLD_SIZE") || launcher_ranks() > 1) return;
  std::vector<std::string> of_step{"SLURM_STEPID", "SLURM_STEP_ID"};
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    if (text.starts_with("PMI_") || text.starts_with("PMI2_") || text.starts_with("PMIX_"))
      of_step.push_back(text.substr(0, text.find('=')));
  }
  for (const std::string& name : of_step) ::unsetenv(name.c_str());
}

}  // namespace marea
