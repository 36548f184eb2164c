// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/solvers/device_array.hpp>
#include <marea/surrogate/hybrid/coupling.hpp>
#include <marea/surrogate/hybrid/hybrid_options.hpp>

// A solver as it stands, kept or brought to a second solver of the same case, and when that one runs a stretch again.
namespace marea::hybrid {

/// All that a bit-exact restart needs beside tables, in the solvers' memory.
class KeptState {
 public:
  /// Keeps what the solver has now. Memory is made once.
  void keep(SolverInterface& solver);
  /// Gives it to that solver, which may be another one of the same case.
  void give(SolverInterface& solver) const;

 private:
  std::vector<RestartPiece> pieces_;
  std::vector<DeviceArray> arrays_;
  double time_ = 0;
  std::int64_t steps_ = 0;
};

/// Whether this stretch was drawn for an audit, which its row says then, or the solver's cost is not known yet. The
/// same on every rank. Collective.
bool draw_audit(const HybridOptions& options, const Stretch& stretch, MPI_Comm comm);

}  // namespace marea::hybrid
