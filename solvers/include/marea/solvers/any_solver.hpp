// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <marea/io/array_ref.hpp>
#include <marea/io/field_info.hpp>
#include <marea/io/grid_info.hpp>
#include <marea/io/named.hpp>
#include <marea/io/option_tree.hpp>
#include <marea/io/queue.hpp>
#include <marea/io/restart_piece.hpp>

namespace marea {

/// Adds to the tendency of a stage: `q` (variable, [k,] [j,] i) the stage's state at time `t`, `dq` likewise dq/dt.
using StageTendency = std::function<void(const ArrayRef& q, double t, const ArrayRef& dq)>;

/// What every solver behind AnySolver does. One virtual call a step, never one a cell.
/// All calls are collective over grid().comm unless said otherwise.
class SolverInterface {
 public:
  virtual ~SolverInterface() = default;
  virtual std::string_view name() const = 0;
  /// Prognostic fields, in the order of the first axis of state().
  virtual std::span<const FieldInfo> fields() const = 0;
  /// Every field that read() gives: prognostic, derived, fixed, diagnostic (see FieldInfo::role).
  virtual std::span<const FieldInfo> outputs() const = 0;
  /// This rank's interior state, (variable, [k,] [j,] i), no ghosts, zero copy, where the solver keeps it (host or
  /// device), to be read until the next call that changes the solver. No lasting side effect.
  virtual ArrayRef state() = 0;
  /// While the handle lives, state() keeps its memory from step to step and may be written through; steps may then cost
  /// a copy. Null where the solver's state is no array over cells.
  virtual std::shared_ptr<const void> hold_state() = 0;
  /// Where the solver's kernels run: device memory that is handed over is ready in its order.
  virtual Queue queue() const = 0;
  virtual const GridInfo& grid() const = 0;
  virtual double time() const = 0;
  virtual std::int64_t steps() const = 0;
  /// True for a steady problem: a step, of any length, solves from the present guess, and stable_dt() is infinite.
  virtual bool steady() const { return false; }
  /// Iterations that the last step took to solve; 0 where steps do not iterate.
  virtual std::int64_t iterations() const { return 0; }
  /// Adds to dq/dt in every stage of every step from now on; an empty function: nothing any more. False where the
  /// solver's steps have no stages: nothing changes then.
  virtual bool set_stage_tendency(StageTendency) { return false; }
  /// Largest stable step for the present state; the same value on every rank.
  virtual double stable_dt() = 0;
  /// Advances by dt, also where it exceeds stable_dt(): the state may then grow without bound. Throws ConfigError
  /// unless dt is finite and > 0; NumericalError on all ranks when the state is no longer finite (checked every few
  /// steps), naming field, index and time.
  virtual void step(double dt) = 0;
  /// Copies this rank's part of a field to host or device memory: extents of grid().block, and one last axis of
  /// components for a vector; dtype f32 or f64, any strides.
  virtual void read(std::string_view field, const ArrayRef& out) = 0;
  /// Sets the state from named fields of this rank (host or device memory): the prognostic ones or any set that the
  /// solver can turn into them (shallow_water: eta or h, with velocity or hu and hv). Time unchanged.
  virtual void write(std::span<const NamedArray> fields) = 0;
  /// Everything a bit-exact restart needs beside time, steps and tables: state and running diagnostics.
  virtual std::vector<RestartPiece> restart_pieces() const = 0;
  /// This rank's part of a piece, to or from host or device memory, of its dtype or f64.
  virtual void read_restart(std::string_view piece, const ArrayRef& out) = 0;
  virtual void write_restart(std::string_view piece, const ArrayRef& in) = 0;
  virtual void set_time(double time, std::int64_t steps) = 0;
  /// Brings the running diagnostics up to the present state and time, as step() does by itself: for states
  /// that came through write().
  virtual void observe() = 0;
  /// Conserved quantities, reduced in a fixed order: the same bits on any rank count.
  virtual std::vector<NamedScalar> invariants() = 0;
  /// Tables recorded so far (gauges, a hybrid's ledger), whole on rank 0; part of a restart.
  virtual std::vector<Table> tables() = 0;
  virtual void set_tables(std::vector<Table> tables) = 0;
  /// Resolved options: the tables `grid`, `solver`, `initial` of a case file.
  virtual OptionTree options() const = 0;
};

/// Movable run-time handle to any solver, for the program, Python and hybrids. No Kokkos in this header:
/// `make_any.hpp` (Kokkos side) turns a type that satisfies `Solver` into one.
class AnySolver {
 public:
  explicit AnySolver(std::unique_ptr<SolverInterface> self) : self_(std::move(self)) {}
  SolverInterface* operator->() { return self_.get(); }
  const SolverInterface* operator->() const { return self_.get(); }
  SolverInterface& operator*() { return *self_; }

 private:
  std::unique_ptr<SolverInterface> self_;
};

}  // namespace marea
