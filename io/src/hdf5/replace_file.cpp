// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "replace_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <marea/io/error.hpp>

#include "committed_file.hpp"

namespace marea::detail {
namespace {

void synchronise(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY);
  const bool done = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int reason = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!done) fail<IoError>(path, "cannot be synchronised with the disk: ", std::strerror(reason));
}

}  // namespace

void replace_file(const std::string& temporary, const std::string& path) {
  synchronise(temporary);
  std::error_code none;
  std::filesystem::remove(CommittedFile::journal_of(path), none);  // of the file that is replaced
  if (std::rename(temporary.c_str(), path.c_str()) != 0)
    fail<IoError>(path, "cannot be put in place: ", std::strerror(errno));
  const std::string folder = std::filesystem::path(path).parent_path().string();
  synchronise(folder.empty() ? "." : folder);
}

}  // namespace marea::detail
