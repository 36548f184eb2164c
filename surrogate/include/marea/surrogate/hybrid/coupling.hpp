// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <limits>
#include <vector>

#include <marea/solvers/any_solver.hpp>
#include <marea/surrogate/hybrid/ledger.hpp>

namespace marea::hybrid {

/// A stretch of a hybrid run, from row.start to row.end, as the driver hands it to the coupling.
struct Stretch {
  SolverInterface& solver;               ///< the run's own
  const std::vector<LedgerEntry>& past;  ///< rows of the stretches before; what counts is rank 0's
  LedgerEntry& row;                      ///< of this stretch: the coupling adds what it knows and the seconds it spent
  double dt;                             ///< what the driver was asked for: row.end - row.start but for round-off
};

/// Who takes the solver from the start of a stretch to its end.
enum class Advance { by_solver, by_coupling };

/// How a surrogate takes part in a solver's time loop. The driver (HybridSolver) calls, on every rank:
///
///   attach                              once, before anything else
///   begin                               the solver stands at the start of a stretch
///   a step of the solver, after_step    again and again until the stretch ends, unless begin says by_coupling
///   take_back                           after begin, where the only step of a stretch fails
///   end
///
/// A coupling that only looks leaves the solver's bits alone. It may set the state in begin (the warm start of a steady
/// solver), after_step or end (a correction), with SolverInterface::write; it may add to the tendency of every stage,
/// with SolverInterface::set_stage_tendency in attach; or it advances the solver itself, state and time, and says
/// by_coupling. Exceptions leave the run: a coupling throws on all ranks or on none.
class Coupling {
 public:
  virtual ~Coupling() = default;
  /// Throws ConfigError where the coupling does not fit the solver. `solver` lives as long as the coupling.
  virtual void attach(SolverInterface& solver) = 0;
  /// Length of the stretches that it wants [time unit]; infinite: every step of the solver is one.
  virtual double interval() const { return std::numeric_limits<double>::infinity(); }
  virtual Advance begin(Stretch&) { return Advance::by_solver; }
  virtual void after_step(Stretch&) {}
  virtual void end(Stretch&) {}
  /// The solver could not step from the state that begin set: true where the earlier one is back, to step from that.
  virtual bool take_back(Stretch&) { return false; }
  /// Somebody else set the solver's state.
  virtual void state_was_set() {}
  /// Largest accepted estimate of a stretch's relative error; 0 where there are no estimates.
  virtual double tolerance() const { return 0; }
};

}  // namespace marea::hybrid
