// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/emulate.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <marea/io/error.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/surrogate/hybrid/stopwatch.hpp>

namespace marea::hybrid {
namespace {

std::vector<double> scales(const ModelInfo& info) {
  std::vector<double> rms;
  for (const auto& channel : info.output_statistics) rms.push_back(channel.rms > 0 ? channel.rms : 1.0);
  return rms;
}

}  // namespace

Emulate::Emulate(std::optional<AnySolver> probe, Surrogate surrogate, HybridOptions options)
    : probe_(std::move(probe)), loaded_(std::move(surrogate)), info_(loaded_->info()), options_(std::move(options)) {}

void Emulate::attach(SolverInterface& solver) {
  require_fit(info_, solver);
  const GridInfo& grid = solver.grid();
  comm_ = grid.comm;
  surrogate_.emplace(std::move(*loaded_), grid);
  loaded_.reset();
  inputs_.emplace(info_.inputs, grid);
  outputs_.emplace(info_.outputs, grid);
  norm_.emplace(scales(info_), comm_);
  if ((checks("trust") && !surrogate_->knows_trust()) || (checks("band") && !surrogate_->knows_band()))
    fail<ConfigError>("hybrid", "check has trust or band, but the model was trained without them; train it again with ",
                      "train.trust = true, or leave them out");
  input_ = inputs_->make();
  proposal_ = outputs_->make();
  if (!probe_) return;
  for (DeviceArray* array : {&start_, &f_start_, &f_end_, &f_middle_, &work_}) *array = outputs_->make();
}

bool Emulate::checks(std::string_view what) const {
  return std::find(options_.check.begin(), options_.check.end(), what) != options_.check.end();
}

void Emulate::copy_state_to_probe(const Stretch& stretch) {
  Stopwatch watch(stretch.row, &LedgerEntry::seconds_copies);
  kept_.keep(stretch.solver);
  kept_.give(**probe_);
}

void Emulate::read_probe(const DeviceArray& out, LedgerEntry& row) {
  Stopwatch watch(row, &LedgerEntry::seconds_copies);
  outputs_->read(**probe_, out.ref());
}

/// Mean tendency of the probe's state, which is `state`, over a short step, per unit of time.
void Emulate::tendency(const DeviceArray& state, const DeviceArray& out, LedgerEntry& row) {
  SolverInterface& probe = **probe_;
  const double dt = options_.probe * std::min(probe.stable_dt(), info_.interval);  // finite at rest too
  probe.step(dt);
  read_probe(out, row);
  field_algebra::combine({{1, out.ref()}, {-1, state.ref()}}, out.ref(), 1 / dt);
}

/// The tendency at another state and time; `work_` is overwritten.
void Emulate::tendency_at(const DeviceArray& state, double time, const DeviceArray& out, const Stretch& stretch) {
  {
    Stopwatch watch(stretch.row, &LedgerEntry::seconds_copies);
    outputs_->write(**probe_, state.ref());
  }
  (*probe_)->set_time(time, stretch.solver.steps());
  read_probe(work_, stretch.row);  // what the solver makes of the state: no negative depth, say
  tendency(work_, out, stretch.row);
}

bool Emulate::guard(const Stretch& stretch) {
  LedgerEntry& row = stretch.row;
  Stopwatch watch(row, &LedgerEntry::seconds_checks);
  const auto proposed = field_algebra::range(proposal_.ref(), comm_);
  if (!std::ranges::all_of(proposed, &field_algebra::Range::finite)) return false;
  if (checks("domain")) {
    row.domain = std::max(domain_distance(field_algebra::range(input_.ref(), comm_), info_.input_statistics),
                          domain_distance(proposed, info_.output_statistics));
    if (!(row.domain <= options_.domain_margin)) return false;
  }
  if (checks("trust") || checks("band")) {
    const auto verdict = surrogate_->judge(input_.ref(), checks("trust"), checks("band"));
    row.trust = verdict.trust;
    if (checks("trust") && !(row.trust <= 1)) return false;
    if (checks("band")) row.band = verdict.band / norm_->of(proposal_.ref());
    if (checks("band") && !(row.band <= options_.tolerance)) return false;
  }
  if (!checks("residual") && !checks("invariants")) return true;
  try {
    return probe(stretch);
  } catch (const NumericalError&) {  // on every rank: the solver cannot take a short step from such a state
    (checks("residual") ? row.residual : row.invariants) = std::numeric_limits<double>::infinity();
    return false;
  }
}

bool Emulate::probe(const Stretch& stretch) {
  LedgerEntry& row = stretch.row;
  const double time = stretch.solver.time();
  {
    Stopwatch watch(row, &LedgerEntry::seconds_copies);
    outputs_->read(stretch.solver, start_.ref());
  }
  if (!start_tendency_known_) {
    copy_state_to_probe(stretch);
    tendency(start_, f_start_, row);
    start_tendency_known_ = true;
  }
  tendency_at(proposal_, time + info_.interval, f_end_, stretch);
  const IntervalEnds ends{start_.ref(), proposal_.ref(), f_start_.ref(), f_end_.ref(), info_.interval};
  bool pass = true;
  if (checks("invariants")) {
    row.invariants = invariants_estimate(ends, outputs_->scalars(), work_.ref(), comm_);
    pass = row.invariants <= options_.tolerance;
  }
  if (pass && checks("residual")) {
    hermite_middle(ends, f_middle_.ref());
    tendency_at(f_middle_, time + 0.5 * info_.interval, f_middle_, stretch);
    row.residual = residual_estimate(*norm_, ends, f_middle_.ref(), work_.ref());
    pass = row.residual <= options_.tolerance;
  }
  if (pass) std::swap(f_start_, f_end_);
  return pass;
}

/// The solver's part alone counts as the audit's time, which tells what an interval costs the solver.
void Emulate::audit(const Stretch& stretch) {
  Stopwatch watch(stretch.row, &LedgerEntry::seconds_checks);
  stretch.row.audited = true;
  copy_state_to_probe(stretch);
  {
    Stopwatch solver_watch(stretch.row, &LedgerEntry::seconds_audit);
    advance_to(**probe_, stretch.row.end);
  }
  read_probe(work_, stretch.row);
  stretch.row.audited_error = norm_->of_difference(proposal_.ref(), work_.ref()) / norm_->of(work_.ref());
}

void Emulate::accept(const Stretch& stretch) {
  if (probe_ && draw_audit(options_, stretch, comm_)) audit(stretch);
  stretch.row.accepted = true;
  Stopwatch watch(stretch.row, &LedgerEntry::seconds_copies);
  outputs_->write(stretch.solver, proposal_.ref());
  stretch.solver.set_time(stretch.row.end, stretch.solver.steps() + 1);
  stretch.solver.observe();
}

Advance Emulate::begin(Stretch& stretch) {
  if (std::abs(stretch.dt - info_.interval) <= 1e-9 * info_.interval) {
    stretch.row.proposed = true;
    {
      Stopwatch watch(stretch.row, &LedgerEntry::seconds_copies);
      inputs_->read(stretch.solver, input_.ref());
    }
    surrogate_->predict(input_.ref(), proposal_.ref(), stretch.row);
    if (!probe_ || guard(stretch)) {
      accept(stretch);
      return Advance::by_coupling;
    }
  }
  start_tendency_known_ = false;
  return Advance::by_solver;
}

}  // namespace marea::hybrid
