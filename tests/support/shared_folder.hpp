// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <filesystem>
#include <fstream>
#include <string>

#include <mpi.h>

namespace marea::test {

/// An empty folder that all ranks of a test share, gone at its end. Collective.
class SharedFolder {
 public:
  explicit SharedFolder(const std::string& name) {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    path_ = std::filesystem::absolute(name + ".np" + std::to_string(ranks));
    if (rank_ == 0) {
      std::filesystem::remove_all(path_);
      std::filesystem::create_directories(path_);
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }
  ~SharedFolder() {
    MPI_Barrier(MPI_COMM_WORLD);
    std::error_code ignored;
    if (rank_ == 0) std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
  int rank_ = 0;
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace marea::test
