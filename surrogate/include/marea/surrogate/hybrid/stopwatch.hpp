// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <mpi.h>

#include <marea/solvers/device.hpp>
#include <marea/surrogate/hybrid/ledger.hpp>

namespace marea::hybrid {

/// Adds the seconds of its life to one sum of a ledger's row, less those that went into any sum of that row meanwhile:
/// no second counts twice, however stopwatches are nested. It waits for the solvers' queue at both ends.
class Stopwatch {
 public:
  Stopwatch(LedgerEntry& row, double LedgerEntry::*sum) : row_(row), sum_(sum), start_(unaccounted()) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() { row_.*sum_ += unaccounted() - start_; }

 private:
  double unaccounted() const {
    fence();
    return MPI_Wtime() - row_.seconds();
  }
  LedgerEntry& row_;
  double LedgerEntry::*sum_;
  double start_;
};

}  // namespace marea::hybrid
