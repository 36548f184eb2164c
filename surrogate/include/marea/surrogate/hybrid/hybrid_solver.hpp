// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <optional>

#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/surrogate/hybrid/field_channels.hpp>
#include <marea/surrogate/hybrid/hybrid_options.hpp>
#include <marea/surrogate/hybrid/ledger.hpp>
#include <marea/surrogate/surrogate.hpp>

namespace marea::hybrid {

/// A solver whose output intervals are proposed by a step surrogate and guarded by the solver itself.
///
/// A proposal lives in a second solver (the probe) until it has passed every check; only then does it become the
/// state. So a rejected proposal leaves no trace, and the solver does that interval exactly as it would alone.
/// Decisions are taken on rank 0 from the whole fields and broadcast: same decisions and bits on any rank count.
class HybridSolver final : public SolverInterface {
 public:
  /// `probe` is a second solver of the same case; without it the surrogate runs alone, unchecked.
  /// Throws ConfigError when the model's task, fields, grid or boundaries are not the solver's.
  HybridSolver(AnySolver solver, std::optional<AnySolver> probe, Surrogate surrogate, HybridOptions options,
               OptionTree tables);

  std::string_view name() const override { return solver_->name(); }
  std::span<const FieldInfo> fields() const override { return solver_->fields(); }
  std::span<const FieldInfo> outputs() const override { return solver_->outputs(); }
  ArrayRef state() override { return solver_->state(); }
  const GridInfo& grid() const override { return solver_->grid(); }
  double time() const override { return solver_->time(); }
  std::int64_t steps() const override { return solver_->steps(); }
  /// The surrogate's interval: the driver asks for whole intervals where its outputs allow.
  double stable_dt() override { return surrogate_.info().interval; }
  /// A whole interval is proposed to the surrogate; any other length is the solver's.
  void step(double dt) override;
  void read(std::string_view field, const ArrayRef& out) override { solver_->read(field, out); }
  void write(std::span<const NamedArray> fields) override;
  std::shared_ptr<const void> hold_state() override { return solver_->hold_state(); }
  Queue queue() const override { return solver_->queue(); }
  std::vector<RestartPiece> restart_pieces() const override { return solver_->restart_pieces(); }
  void read_restart(std::string_view field, const ArrayRef& out) override { solver_->read_restart(field, out); }
  void write_restart(std::string_view field, const ArrayRef& in) override;
  void set_time(double time, std::int64_t steps) override { solver_->set_time(time, steps); }
  void observe() override { solver_->observe(); }
  std::vector<NamedScalar> invariants() override { return solver_->invariants(); }
  /// The solver's own tables, then the ledger.
  std::vector<Table> tables() override;
  void set_tables(std::vector<Table> tables) override;
  OptionTree options() const override;

  const std::vector<LedgerEntry>& ledger() const { return ledger_; }

 private:
  bool checks(std::string_view what) const;
  Channels read(const FieldChannels& channels, AnySolver& from, LedgerEntry& entry);
  void write(AnySolver& to, const Channels& state, LedgerEntry& entry);
  void copy_state_to_probe(LedgerEntry& entry);
  Channels tendency(const Channels& state, LedgerEntry& entry);
  Channels propose(const Channels& start, LedgerEntry& entry);
  bool guard(const Channels& inputs, const Channels& proposal, LedgerEntry& entry);
  bool probe(const Channels& proposal, LedgerEntry& entry, bool root);
  void accept(const Channels& proposal, LedgerEntry& entry);
  void audit(const Channels& proposal, LedgerEntry& entry);
  bool decide(bool on_root) const;

  AnySolver solver_;
  std::optional<AnySolver> probe_;
  Surrogate surrogate_;
  HybridOptions options_;
  OptionTree tables_;
  FieldChannels inputs_, outputs_;
  StateNorm norm_;
  std::vector<LedgerEntry> ledger_;
  std::optional<Channels> start_tendency_;  ///< at the present state, when an accepted interval left it
};

/// Throws ConfigError, naming both sides, when a step model does not fit the solver's fields, grid or boundaries.
void require_fit(const ModelInfo& info, const SolverInterface& solver);

/// The solver that a case file describes: plain, surrogate alone ([surrogate]) or guarded ([surrogate] and
/// [hybrid]). Collective. A SolverFactory for simulate().
AnySolver make_solver(const OptionTree& case_file, MPI_Comm comm);

}  // namespace marea::hybrid
