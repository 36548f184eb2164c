// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once

namespace marea {

/// While one lives, SIGTERM, SIGINT and SIGUSR1 (what batch systems send before the time limit) set a flag instead
/// of ending the process; long loops look at it, write a checkpoint and stop. A second SIGINT ends at once.
/// The destructor puts the former handlers back.
class StopSignal {
 public:
  StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  ~StopSignal();

  static bool requested();  ///< a signal came, or request() was called; on this rank
  static int number();      ///< the signal, 0 without one
  static void request();    ///< as a signal would
  static void clear();      ///< forgets the request
};

}  // namespace marea
