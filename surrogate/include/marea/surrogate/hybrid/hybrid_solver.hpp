// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>

#include <marea/solvers/any_solver.hpp>
#include <marea/surrogate/hybrid/coupling.hpp>
#include <marea/surrogate/hybrid/ledger.hpp>

namespace marea::hybrid {

/// A solver and a surrogate in one time loop: the driver. What the surrogate does there is the coupling's affair; the
/// driver asks it at the right moments, runs the solver as it would run alone, and keeps the ledger.
class HybridSolver final : public SolverInterface {
 public:
  /// `tables` are the case file's tables of the coupling, which options() adds to the solver's. Throws ConfigError when
  /// the coupling does not fit the solver.
  HybridSolver(AnySolver solver, std::unique_ptr<Coupling> coupling, OptionTree tables);

  std::string_view name() const override { return solver_->name(); }
  std::span<const FieldInfo> fields() const override { return solver_->fields(); }
  std::span<const FieldInfo> outputs() const override { return solver_->outputs(); }
  ArrayRef state() override { return solver_->state(); }
  /// While the handle lives, and after it, the coupling takes the state for one that somebody may have set.
  std::shared_ptr<const void> hold_state() override;
  Queue queue() const override { return solver_->queue(); }
  const GridInfo& grid() const override { return solver_->grid(); }
  double time() const override { return solver_->time(); }
  std::int64_t steps() const override { return solver_->steps(); }
  bool steady() const override { return solver_->steady(); }
  std::int64_t iterations() const override { return solver_->iterations(); }
  /// The coupling's interval, so that a run asks for whole ones where its outputs allow; without one the solver's step.
  double stable_dt() override;
  /// One stretch of the run, and one row of the ledger.
  void step(double dt) override;
  void read(std::string_view field, const ArrayRef& out) override { solver_->read(field, out); }
  void write(std::span<const NamedArray> fields) override;
  std::vector<RestartPiece> restart_pieces() const override { return solver_->restart_pieces(); }
  void read_restart(std::string_view piece, const ArrayRef& out) override { solver_->read_restart(piece, out); }
  void write_restart(std::string_view piece, const ArrayRef& in) override;
  void set_time(double time, std::int64_t steps) override { solver_->set_time(time, steps); }
  void observe() override { solver_->observe(); }
  std::vector<NamedScalar> invariants() override { return solver_->invariants(); }
  /// The solver's own tables, then the ledger.
  std::vector<Table> tables() override;
  void set_tables(std::vector<Table> tables) override;
  OptionTree options() const override;

  const std::vector<LedgerEntry>& ledger() const { return ledger_; }

 private:
  void run_solver(Stretch& stretch);

  AnySolver solver_;
  std::unique_ptr<Coupling> coupling_;
  OptionTree tables_;
  std::vector<LedgerEntry> ledger_;
  std::weak_ptr<const void> held_;  ///< while it lives somebody may write to the state
  bool was_held_ = false;
};

/// The solver that a case file describes: plain, surrogate alone ([surrogate]) or guarded ([surrogate] and
/// [hybrid]). Collective. A SolverFactory for simulate().
AnySolver make_solver(const OptionTree& case_file, MPI_Comm comm);

}  // namespace marea::hybrid
