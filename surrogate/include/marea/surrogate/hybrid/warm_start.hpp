// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <optional>

#include <marea/solvers/any_solver.hpp>
#include <marea/surrogate/hybrid/audit.hpp>
#include <marea/surrogate/hybrid/block_surrogate.hpp>
#include <marea/surrogate/hybrid/coupling.hpp>
#include <marea/surrogate/hybrid/field_channels.hpp>
#include <marea/surrogate/hybrid/guard.hpp>
#include <marea/surrogate/hybrid/hybrid_options.hpp>

namespace marea::hybrid {

/// The output of a map is the first guess of a steady solver; the answer is the solver's, to its tolerance.
///
/// Only the first step gets a guess: the next ones start from the solution. A guess that is not finite, or from which
/// the solver does not get to its tolerance, is taken back, and the solver starts from the state it had: a bad surrogate
/// costs iterations and seconds, never the answer. An audit solves from that state too, after the run's own solution,
/// and its iterations, seconds and distance stand in the ledger: what the guess saved, net of the call.
class WarmStart final : public Coupling {
 public:
  /// `probe` is a second solver of the same case, for audits; without it there are none.
  WarmStart(std::optional<AnySolver> probe, Surrogate surrogate, HybridOptions options);

  /// Throws ConfigError when the solver is not steady, or the model's task, fields, grid or boundaries are not the
  /// solver's.
  void attach(SolverInterface& solver) override;
  Advance begin(Stretch& stretch) override;
  bool take_back(Stretch& stretch) override;
  void end(Stretch& stretch) override;

 private:
  void audit(Stretch& stretch);

  std::optional<AnySolver> probe_;
  std::optional<Surrogate> loaded_;  ///< until attach
  ModelInfo info_;
  HybridOptions options_;
  MPI_Comm comm_ = MPI_COMM_NULL;
  std::optional<BlockSurrogate> surrogate_;
  std::optional<FieldChannels> inputs_, outputs_;
  DeviceArray input_, guess_, answer_;
  KeptState start_;
};

}  // namespace marea::hybrid
