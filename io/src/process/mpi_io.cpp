// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/mpi_io.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include <mpi.h>

#include <marea/io/hdf5.hpp>

namespace marea {

void choose_mpi_io() {
#ifdef OPEN_MPI
  int running = 0;
  MPI_Initialized(&running);
  if (!running) ::setenv("OMPI_MCA_io", "^ompio", 0);
#endif
}

bool ranks_can_write_together() {
#ifdef OPEN_MPI
  const char* chosen = std::getenv("OMPI_MCA_io");
  const std::string_view io = chosen ? chosen : "";
  if (io != "^ompio" && !io.starts_with("romio")) return false;
#endif
  return hdf5::is_parallel();
}

bool has_locks(const std::string& path, MPI_Comm comm) {
  int rank = 0, has = 1;
  MPI_Comm_rank(comm, &rank);
  if (rank == 0) {
    const std::string probe = path + ".lock_probe";
    if (const int file = ::open(probe.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); file >= 0) {
      struct flock part{.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1, .l_pid = 0};
      has = ::fcntl(file, F_SETLK, &part) == 0;
      ::close(file);
      ::unlink(probe.c_str());
    }
  }
  MPI_Bcast(&has, 1, MPI_INT, 0, comm);
  return has != 0;
}

}  // namespace marea
