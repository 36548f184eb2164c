// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

#include <mpi.h>

namespace marea {

/// Takes ROMIO for the MPI-IO of Open MPI, unless OMPI_MCA_io says otherwise. Call before MPI_Init; `Runtime` does.
///
/// Open MPI's own, OMPIO (4.1.4), damaged chunks without an error when four ranks wrote a compressed file together.
void choose_mpi_io();

/// True when several ranks may write one file together: a parallel HDF5 library, and not OMPIO below it.
bool ranks_can_write_together();

/// True when the file system of `path` takes locks on parts of a file, without which MPI-IO ends the program; a path in
/// a folder that cannot be written counts as one, the writer says what is wrong. Collective.
bool has_locks(const std::string& path, MPI_Comm comm);

}  // namespace marea
