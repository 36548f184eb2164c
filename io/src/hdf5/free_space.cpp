// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "free_space.hpp"

#include <sys/resource.h>

#include <filesystem>

#include <marea/io/error.hpp>

namespace marea::detail {

void check_free_space(const std::string& path, std::int64_t bytes) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  const fs::space_info space = fs::space(folder.empty() ? fs::path(".") : folder, error);
  if (error) fail<IoError>(path, "the folder cannot be used: ", error.message());
  const auto needed = static_cast<std::uintmax_t>(bytes) + (1u << 20);
  if (space.available < needed)
    fail<IoError>(path, "needs ", needed, " bytes, but only ", space.available,
                  " are free on the disk; make room and run again");
  rlimit limit{};
  const std::uintmax_t size = fs::exists(path, error) ? fs::file_size(path, error) : 0;
  if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && size + needed > limit.rlim_cur)
    fail<IoError>(path, "would grow past the limit of ", limit.rlim_cur, " bytes a file (ulimit -f)");
}

}  // namespace marea::detail
