// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "seal.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <marea/io/checksum.hpp>
#include <marea/io/error.hpp>

#include "file_kind.hpp"
#include "../process/regular_file.hpp"

namespace marea::detail {
namespace {

constexpr std::string_view seal_mark = "\nmarea seal sha256 ";
constexpr std::int64_t seal_length = seal_mark.size() + 64 + 1;

}  // namespace

void seal_file(const std::string& path) {
  const std::string digest = sha256_of_file(path);
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << seal_mark << digest << '\n' << std::flush;
  if (!file) fail<IoError>(path, "cannot be written: ", std::strerror(errno));
}

void check_seal(const std::string& path, std::string_view kind) {
  if (std::filesystem::is_directory(path)) fail<IoError>(path, "is a folder; a ", kind, " file is needed");
  detail::require_regular_file(path);
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) fail<IoError>(path, "cannot be opened for reading: ", std::strerror(errno));
  const std::int64_t size = file.tellg(), sealed = size - seal_length;
  std::string seal(seal_length, ' ');
  if (sealed < 0 || !file.seekg(sealed) || !file.read(seal.data(), seal_length) || !seal.starts_with(seal_mark)) {
    refuse_other_kind(path, kind);
    fail<DataError>(path, "has no seal at its end (", size,
                    " bytes): it is truncated, was changed by another program, or was not written by marea");
  }
  const std::string digest = sha256_of_file(path, sealed);
  if (const auto expected = seal.substr(seal_mark.size(), 64); digest != expected)
    fail<DataError>(path, "was damaged or changed after it was written: SHA-256 of its ", sealed, " bytes is ", digest,
                    ", its seal says ", expected);
}

}  // namespace marea::detail
