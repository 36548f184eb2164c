// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <exception>
#include <string>

#include <mpi.h>

namespace marea {

/// Throws on every rank of `comm` when `error` is set on any: the first failing rank's message, and its type where it
/// is one of error.hpp or std::bad_alloc (Error for anything else). A single rank throws `error` itself. Collective.
void rethrow_collectively(MPI_Comm comm, const std::exception_ptr& error);

/// Runs `work` on every rank, then throws on all of them when it threw on any. Collective; `work` may be collective
/// itself, as long as a rank that fails leaves no other one waiting in it.
template <class Work> void run_collectively(MPI_Comm comm, Work&& work) {
  std::exception_ptr error;
  try {
    work();
  } catch (...) {
    error = std::current_exception();
  }
  rethrow_collectively(comm, error);
}

/// The text of rank 0 on every rank. Collective.
void broadcast(MPI_Comm comm, std::string& text);

}  // namespace marea
