// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once

namespace marea {

/// While it lives, the solvers' loops take at most that many of the process's host threads, so that one process can
/// find the thread count that suits a grid. The results have the same bits. Not for use from several threads at once.
class ThreadLimit {
 public:
  /// Any number >= 1; more than Runtime::threads() changes nothing. Starts the threads that are missing.
  explicit ThreadLimit(int threads);
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;
  ~ThreadLimit();

  /// Threads that a loop takes now.
  static int threads();

 private:
  int before_;
};

}  // namespace marea
