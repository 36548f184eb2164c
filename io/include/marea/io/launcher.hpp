// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <initializer_list>

namespace marea {

/// The first of these environment variables that holds a number.
int first_number(std::initializer_list<const char*> names, int otherwise);

/// This process's number and the count of its fellows, by what mpirun (Open MPI, MPICH, Intel MPI) or srun say in the
/// environment: before MPI_Init, or without it.
int launcher_rank();
int launcher_ranks();

/// A shell in a SLURM step hands that step's environment on, and MPI takes every program that is started there for a
/// task of the step, which it is not: MPI_Init ends the program. Hides the step where this process is alone.
/// Call before MPI_Init; `Runtime` does.
void leave_step_of_launcher();

}  // namespace marea
