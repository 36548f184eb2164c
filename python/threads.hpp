// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>

#include <pybind11/pybind11.h>

namespace marea::python {

/// One piece of work of solvers, MPI and files at a time in this process: while it lives, the GIL is free and other
/// threads' work waits. The GIL must be held where it is made. For solvers it starts MPI and Kokkos on first use, and
/// lets the calling thread use them. Throws what a signal handler raised while it waited, and Error after a fork.
class Work {
 public:
  enum class Of : std::uint8_t { solvers, files };
  explicit Work(Of what = Of::solvers);

 private:
  struct Start {
    explicit Start(Of what);
  } start_;
  pybind11::gil_scoped_release release_;
  std::unique_lock<std::recursive_timed_mutex> turn_;
};

/// The lock that Work holds: whoever frees storage of solvers tries it and does not wait.
std::recursive_timed_mutex& work_mutex();

/// Throws Error in a process that was forked off one in which marea or LibTorch had started threads: they do not live
/// here, and whoever waits for them waits for ever.
void refuse_after_fork();
/// True in a process in which refuse_after_fork() throws: what the other process owns is not to be freed or stopped.
bool forked_off();
/// What Python calls in the child after a fork; `torch`: the parent had loaded PyTorch.
void after_fork(bool torch);

/// Refuses a second call on an object while one is going on.
class Busy {
 public:
  /// Throws Error that names `what` where `flag` is set already.
  Busy(std::atomic_flag& flag, const char* what);
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() { flag_.clear(); }

 private:
  std::atomic_flag& flag_;
};

}  // namespace marea::python
