// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/mpi_io.hpp>

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

}  // namespace marea
