// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>

#include <mpi.h>

namespace marea::detail {

/// Waits for what solvers and LibTorch have enqueued on the device; nothing to wait for on the host.
void wait_for_device();

/// A clock for work that may only have been enqueued when a call returns: it waits for the device before it reads the
/// time, at the start, so that earlier work does not count, and at the end.
struct Clock {
  std::function<void()> wait = wait_for_device;
  std::function<double()> now = MPI_Wtime;  ///< [s]

  /// Seconds of work() and of all that it enqueues.
  double seconds_of(const std::function<void()>& work) const;
};

}  // namespace marea::detail
