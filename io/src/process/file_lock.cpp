// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/file_lock.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include <marea/io/error.hpp>

namespace marea {
namespace {

std::string holder(int descriptor) {
  char text[256];
  const ssize_t length = ::pread(descriptor, text, sizeof text, 0);
  return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : "another process";
}

}  // namespace

FileLock::FileLock(const std::string& path) : path_(path) {
  struct stat mine{}, there{};
  for (;;) {
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail<IoError>(path, "cannot be made: ", std::strerror(errno));
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      const std::string who = holder(descriptor_);
      ::close(descriptor_);
      fail<IoError>(path, "what it guards is in use by ", who, "; wait for its end, or choose another output");
    }
    // The last holder may have removed the file between the two calls: then this is not the one that others see.
    if (::fstat(descriptor_, &mine) == 0 && ::stat(path.c_str(), &there) == 0 && mine.st_ino == there.st_ino) break;
    ::close(descriptor_);
  }
  left_behind_ = mine.st_size > 0;
  char host[128] = "";
  ::gethostname(host, sizeof host - 1);
  if (::ftruncate(descriptor_, 0) == 0)
    ::dprintf(descriptor_, "process %ld on %s", static_cast<long>(::getpid()), host);
}

FileLock::~FileLock() {
  if (remove_) ::unlink(path_.c_str());
  ::close(descriptor_);
}

std::string writer_of(const std::string& path) {
  std::error_code none;
  const std::filesystem::path real = std::filesystem::canonical(path, none);
  if (none) return "";
  const std::string lock = (real.parent_path() / real.stem()).string() + ".lock";
  const int descriptor = ::open(lock.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return "";
  const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  const std::string who = held ? holder(descriptor) : "";
  ::close(descriptor);
  return who;
}

std::string lock_holder(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return "another process";
  const std::string wanted = fmt::format("{:02x}:{:02x}:{}", major(file.st_dev), minor(file.st_dev), file.st_ino);
  std::ifstream locks("/proc/locks");  // "1: FLOCK ADVISORY READ 4711 fe:00:2154566 0 EOF"
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, advisory, access, process, where, name;
    words >> number >> kind >> advisory >> access >> process >> where;
    if (where != wanted) continue;
    std::ifstream("/proc/" + process + "/comm") >> name;
    return "process " + process + (name.empty() ? "" : " (" + name + ")");
  }
  return "another process";
}

}  // namespace marea
