// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/hybrid_solver.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <marea/io/error.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/device_array.hpp>
#include <marea/solvers/time_step.hpp>
#include <marea/surrogate/hybrid/stopwatch.hpp>

namespace marea::hybrid {

HybridSolver::HybridSolver(AnySolver solver, std::unique_ptr<Coupling> coupling, OptionTree tables)
    : solver_(std::move(solver)), coupling_(std::move(coupling)), tables_(std::move(tables)) {
  coupling_->attach(*solver_);
}

double HybridSolver::stable_dt() {
  const double interval = coupling_->interval();
  return std::isfinite(interval) ? interval : solver_->stable_dt();
}

void HybridSolver::run_solver(Stretch& stretch) {
  Stopwatch watch(stretch.row, &LedgerEntry::seconds_solver);
  if (std::isfinite(coupling_->interval())) {
    advance_to(*solver_, stretch.row.end, [&] {
      coupling_->after_step(stretch);
      return true;
    });
  } else {
    try {
      solver_->step(stretch.dt);
    } catch (const NumericalError&) {  // on every rank
      if (!coupling_->take_back(stretch)) throw;
      solver_->step(stretch.dt);
    }
    coupling_->after_step(stretch);
  }
}

std::shared_ptr<const void> HybridSolver::hold_state() {
  const auto held = std::make_shared<std::shared_ptr<const void>>(solver_->hold_state());
  held_ = held;
  was_held_ = true;
  return held;
}

void HybridSolver::step(double dt) {
  check_time_step(name(), dt);
  if (was_held_) coupling_->state_was_set();
  was_held_ = !held_.expired();
  LedgerEntry row{.start = solver_->time(), .end = solver_->time() + dt};
  Stretch stretch{*solver_, ledger_, row, dt};
  const MovedBytes before = moved_bytes();
  if (coupling_->begin(stretch) == Advance::by_solver) run_solver(stretch);
  coupling_->end(stretch);
  const MovedBytes after = moved_bytes();
  row.bytes_to_host = static_cast<double>(after.to_host - before.to_host);
  row.bytes_to_device = static_cast<double>(after.to_device - before.to_device);
  ledger_.push_back(row);
}

void HybridSolver::write(std::span<const NamedArray> fields) {
  coupling_->state_was_set();
  solver_->write(fields);
}

void HybridSolver::write_restart(std::string_view piece, const ArrayRef& in) {
  coupling_->state_was_set();
  solver_->write_restart(piece, in);
}

std::vector<Table> HybridSolver::tables() {
  auto tables = solver_->tables();
  tables.push_back(to_table(ledger_, coupling_->tolerance()));
  return tables;
}

void HybridSolver::set_tables(std::vector<Table> tables) {
  const auto own = std::find_if(tables.begin(), tables.end(), [](const auto& t) { return t.name == "ledger"; });
  if (own != tables.end()) {
    ledger_ = to_ledger(*own);
    tables.erase(own);
  }
  solver_->set_tables(std::move(tables));
}

OptionTree HybridSolver::options() const {
  OptionTree all = solver_->options();
  for (const auto& [key, table] : tables_.as_table()) all[key] = table;
  return all;
}

}  // namespace marea::hybrid
