// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/warm_start.hpp>

#include <algorithm>
#include <utility>

#include <marea/io/error.hpp>
#include <marea/solvers/field_algebra.hpp>
#include <marea/surrogate/hybrid/emulate.hpp>
#include <marea/surrogate/hybrid/stopwatch.hpp>

namespace marea::hybrid {

WarmStart::WarmStart(std::optional<AnySolver> probe, Surrogate surrogate, HybridOptions options)
    : probe_(std::move(probe)), loaded_(std::move(surrogate)), info_(loaded_->info()), options_(std::move(options)) {}

void WarmStart::attach(SolverInterface& solver) {
  if (!solver.steady())
    fail<ConfigError>("hybrid", "mode = warm_start gives a steady solver its first guess, and ", solver.name(),
                      " of this case advances in time; give mode = emulate with a step model");
  require_fit(info_, solver, "map");
  const GridInfo& grid = solver.grid();
  comm_ = grid.comm;
  surrogate_.emplace(std::move(*loaded_), grid);
  loaded_.reset();
  inputs_.emplace(info_.inputs, grid);
  outputs_.emplace(info_.outputs, grid);
  input_ = inputs_->make();
  guess_ = outputs_->make();
  answer_ = outputs_->make();
}

Advance WarmStart::begin(Stretch& stretch) {
  if (stretch.solver.steps() > 0) return Advance::by_solver;
  stretch.row.proposed = true;
  {
    Stopwatch watch(stretch.row, &LedgerEntry::seconds_copies);
    start_.keep(stretch.solver);
    inputs_->read(stretch.solver, input_.ref());
  }
  surrogate_->predict(input_.ref(), guess_.ref(), stretch.row);
  Stopwatch watch(stretch.row, &LedgerEntry::seconds_copies);
  if (std::ranges::all_of(field_algebra::range(guess_.ref(), comm_), &field_algebra::Range::finite)) {
    outputs_->write(stretch.solver, guess_.ref());
    stretch.row.guessed = true;
  }
  return Advance::by_solver;
}

bool WarmStart::take_back(Stretch& stretch) {
  if (!stretch.row.guessed) return false;
  stretch.row.guessed = false;
  Stopwatch watch(stretch.row, &LedgerEntry::seconds_copies);
  start_.give(stretch.solver);
  return true;
}

void WarmStart::end(Stretch& stretch) {
  stretch.row.iterations = static_cast<double>(stretch.solver.iterations());
  if (probe_ && stretch.row.proposed && draw_audit(options_, stretch, comm_)) audit(stretch);
}

/// The solver's part alone counts as the audit's time, which tells what a solution costs without the surrogate.
void WarmStart::audit(Stretch& stretch) {
  LedgerEntry spent;  // the rest is not the run's: no guess pays for it
  stretch.row.audited = true;
  SolverInterface& cold = **probe_;
  start_.give(cold);
  {
    Stopwatch watch(spent, &LedgerEntry::seconds_audit);
    cold.step(stretch.dt);
  }
  stretch.row.seconds_audit = spent.seconds_audit;
  stretch.row.cold_iterations = static_cast<double>(cold.iterations());
  outputs_->read(stretch.solver, answer_.ref());
  outputs_->read(cold, guess_.ref());
  const StateNorm norm(std::vector<double>(static_cast<std::size_t>(outputs_->count()), 1.0), comm_);
  const double size = norm.of(guess_.ref());
  stretch.row.audited_error = size > 0 ? norm.of_difference(answer_.ref(), guess_.ref()) / size : 0;
}

}  // namespace marea::hybrid
