// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "checkpoint_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <optional>
#include <sstream>

#include <marea/io/checkpoint.hpp>
#include <marea/io/collective.hpp>
#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/log.hpp>

#include "../hdf5/seal.hpp"

namespace marea {

namespace fs = std::filesystem;

std::string detail::checkpoint_name(std::int64_t steps) {
  std::ostringstream name;
  name << "step_" << std::setw(12) << std::setfill('0') << steps << ".h5";
  return name.str();
}

std::vector<std::string> detail::checkpoints_newest_first(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("step_") && name.ends_with(".h5")) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end(), std::greater<>());
  return paths;
}

std::optional<std::string> latest_checkpoint(const std::string& folder, MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  std::string found;
  run_collectively(comm, [&] {
    if (rank != 0) return;
    for (const std::string& path : detail::checkpoints_newest_first(folder)) {
      try {
        detail::check_seal(path, "checkpoint");
        if (!hdf5::File(path, hdf5::Access::read).has_attribute("marea_checkpoint"))
          fail<DataError>(path, "is not a checkpoint");
        found = path;
        return;
      } catch (const IoError& problem) {
        log_warning("passing over a broken checkpoint: ", problem.what());
      }
    }
  });
  broadcast(comm, found);
  if (found.empty()) return std::nullopt;
  return found;
}

}  // namespace marea
