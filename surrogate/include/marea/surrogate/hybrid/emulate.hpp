// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <optional>
#include <string_view>

#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/device_array.hpp>
#include <marea/surrogate/hybrid/audit.hpp>
#include <marea/surrogate/hybrid/block_surrogate.hpp>
#include <marea/surrogate/hybrid/coupling.hpp>
#include <marea/surrogate/hybrid/field_channels.hpp>
#include <marea/surrogate/hybrid/guard.hpp>
#include <marea/surrogate/hybrid/hybrid_options.hpp>

namespace marea::hybrid {

/// Whole intervals are proposed by a step surrogate and guarded by the solver itself.
///
/// A proposal lives in a second solver (the probe) until it has passed every check; only then does it become the
/// state. So a rejected proposal leaves no trace, and the solver does that interval exactly as it would alone.
/// States, proposals and tendencies stay in the solvers' memory; only the scalars that decide come to the host, the same
/// ones on every rank: decisions and bits do not depend on the rank count.
class Emulate final : public Coupling {
 public:
  /// `probe` is a second solver of the same case; without it the surrogate runs alone, unchecked.
  Emulate(std::optional<AnySolver> probe, Surrogate surrogate, HybridOptions options);

  /// Throws ConfigError when the model's task, fields, grid or boundaries are not the solver's.
  void attach(SolverInterface& solver) override;
  double interval() const override { return info_.interval; }
  /// A whole interval is proposed to the surrogate; any other length is the solver's.
  Advance begin(Stretch& stretch) override;
  void state_was_set() override { start_tendency_known_ = false; }
  double tolerance() const override { return options_.tolerance; }

 private:
  bool checks(std::string_view what) const;
  void copy_state_to_probe(const Stretch& stretch);
  void read_probe(const DeviceArray& out, LedgerEntry& row);
  void tendency(const DeviceArray& state, const DeviceArray& out, LedgerEntry& row);
  void tendency_at(const DeviceArray& state, double time, const DeviceArray& out, const Stretch& stretch);
  bool guard(const Stretch& stretch);
  bool probe(const Stretch& stretch);
  void accept(const Stretch& stretch);
  void audit(const Stretch& stretch);

  std::optional<AnySolver> probe_;
  std::optional<Surrogate> loaded_;  ///< until attach
  ModelInfo info_;
  HybridOptions options_;
  MPI_Comm comm_ = MPI_COMM_NULL;
  std::optional<BlockSurrogate> surrogate_;
  std::optional<FieldChannels> inputs_, outputs_;
  std::optional<StateNorm> norm_;
  DeviceArray input_, start_, proposal_;       ///< present inputs and outputs, and the outputs an interval on
  DeviceArray f_start_, f_end_, f_middle_;     ///< tendencies there and in the middle
  DeviceArray work_;
  KeptState kept_;                             ///< on its way to the probe
  bool start_tendency_known_ = false;          ///< f_start_ is the present state's: an accepted interval left it
};

/// Throws ConfigError, naming both sides, when a model is not of that task or does not fit the solver's fields, grid or
/// boundaries.
void require_fit(const ModelInfo& info, const SolverInterface& solver, std::string_view task = "step");

}  // namespace marea::hybrid
