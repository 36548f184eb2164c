// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/hybrid_solver.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <marea/io/error.hpp>
#include <marea/io/random.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/time_step.hpp>

namespace marea::hybrid {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

std::vector<double> scales(const ModelInfo& info) {
  std::vector<double> rms;
  for (const auto& channel : info.output_statistics) rms.push_back(channel.rms > 0 ? channel.rms : 1.0);
  return rms;
}

/// Adds the seconds of its life to a sum, less those that went into another sum meanwhile.
class Stopwatch {
 public:
  explicit Stopwatch(double& sum) : Stopwatch(sum, nothing) {}
  Stopwatch(double& sum, const double& inner) : sum_(sum), inner_(inner), start_(MPI_Wtime() - inner) {}
  ~Stopwatch() { sum_ += MPI_Wtime() - inner_ - start_; }

 private:
  static constexpr double nothing = 0;
  double& sum_;
  const double& inner_;
  double start_;
};

}  // namespace

HybridSolver::HybridSolver(AnySolver solver, std::optional<AnySolver> probe, Surrogate surrogate,
                           HybridOptions options, OptionTree tables)
    : solver_(std::move(solver)), probe_(std::move(probe)), surrogate_(std::move(surrogate)),
      options_(std::move(options)), tables_(std::move(tables)), inputs_(surrogate_.info().inputs, solver_->grid()),
      outputs_(surrogate_.info().outputs, solver_->grid()), norm_(scales(surrogate_.info()), outputs_.cells()) {
  require_fit(surrogate_.info(), *solver_);
}

bool HybridSolver::checks(std::string_view what) const {
  return std::find(options_.check.begin(), options_.check.end(), what) != options_.check.end();
}

bool HybridSolver::decide(bool on_root) const {
  int flag = on_root;
  MPI_Bcast(&flag, 1, MPI_INT, 0, solver_->grid().comm);
  return flag != 0;
}

Channels HybridSolver::read(const FieldChannels& channels, AnySolver& from, LedgerEntry& entry) {
  Stopwatch watch(entry.seconds_copies);
  return channels.read(*from);
}

void HybridSolver::write(AnySolver& to, const Channels& state, LedgerEntry& entry) {
  Stopwatch watch(entry.seconds_copies);
  outputs_.write(*to, state);
}

void HybridSolver::copy_state_to_probe(LedgerEntry& entry) {
  Stopwatch watch(entry.seconds_copies);
  for (const auto& piece : solver_->restart_pieces()) {
    const HostArray copy(piece.dtype, piece.extents());
    solver_->read_restart(piece.name, copy.ref());
    (*probe_)->write_restart(piece.name, copy.ref());
  }
  (*probe_)->set_time(solver_->time(), solver_->steps());
}

/// Mean tendency of the probe's state over a short step: (C, cells) of the output channels per unit of time.
/// `state` is what the probe holds now.
Channels HybridSolver::tendency(const Channels& state, LedgerEntry& entry) {
  auto& probe = **probe_;
  const double dt = options_.probe * std::min(probe.stable_dt(), surrogate_.info().interval);  // finite at rest too
  probe.step(dt);
  Channels f = read(outputs_, *probe_, entry);
  for (std::size_t i = 0; i < f.size(); ++i) f[i] = (f[i] - state[i]) / dt;
  return f;
}

Channels HybridSolver::propose(const Channels& start, LedgerEntry& entry) {
  Stopwatch watch(entry.seconds_surrogate);
  const auto& extents = surrogate_.info().extents;
  Channels proposal(start.empty() ? 0 : static_cast<std::size_t>(outputs_.count() * outputs_.cells()));
  std::string problem;
  if (!start.empty()) {
    std::vector<std::int64_t> in{inputs_.count()}, out{outputs_.count()};
    in.insert(in.end(), extents.begin(), extents.end());
    out.insert(out.end(), extents.begin(), extents.end());
    try {
      surrogate_.predict(make_array_ref(const_cast<double*>(start.data()), DType::f64, in),
                         make_array_ref(proposal.data(), DType::f64, out));
    } catch (const std::exception& error) {
      problem = error.what();
    }
  }
  if (decide(!problem.empty()))
    fail<Error>("hybrid", "the surrogate failed on rank 0", problem.empty() ? "" : ": ", problem);
  return proposal;
}

bool HybridSolver::guard(const Channels& inputs, const Channels& proposal, LedgerEntry& entry) {
  Stopwatch watch(entry.seconds_checks, entry.seconds_copies);
  const auto& info = surrogate_.info();
  const bool root = !inputs.empty();  // the channels stand on rank 0 alone
  const bool finite = std::all_of(proposal.begin(), proposal.end(), [](double v) { return std::isfinite(v); });
  if (!decide(finite)) return false;
  if (checks("domain")) {
    if (root)
      entry.domain = std::max(domain_distance(inputs, info.input_statistics, inputs_.cells()),
                              domain_distance(proposal, info.output_statistics, outputs_.cells()));
    if (!decide(entry.domain <= options_.domain_margin)) return false;
  }
  if (!checks("residual") && !checks("invariants")) return true;
  try {
    return probe(proposal, entry, root);
  } catch (const NumericalError&) {  // on every rank: the solver cannot take a short step from such a state
    if (root) (checks("residual") ? entry.residual : entry.invariants) = std::numeric_limits<double>::infinity();
    return false;
  }
}

bool HybridSolver::probe(const Channels& proposal, LedgerEntry& entry, bool root) {
  const double start = solver_->time(), interval = surrogate_.info().interval;
  const Channels q0 = read(outputs_, solver_, entry);
  if (!start_tendency_) {
    copy_state_to_probe(entry);
    start_tendency_ = tendency(q0, entry);
  }
  const auto probe_at = [&](const Channels& state, double time) {
    write(*probe_, state, entry);
    (*probe_)->set_time(time, solver_->steps());
    return tendency(read(outputs_, *probe_, entry), entry);
  };
  Channels f1 = probe_at(proposal, start + interval);
  const Channels& f0 = *start_tendency_;
  bool pass = true;
  if (checks("invariants")) {
    if (root)
      entry.invariants = invariants_estimate(q0, proposal, f0, f1, interval, outputs_.scalars(), outputs_.cells());
    pass = decide(entry.invariants <= options_.tolerance);
  }
  if (pass && checks("residual")) {
    const Channels middle = hermite_middle(q0, proposal, f0, f1, interval);
    const Channels f_middle = probe_at(middle, start + 0.5 * interval);
    if (root) entry.residual = residual_estimate(norm_, q0, proposal, f0, f1, f_middle, interval);
    pass = decide(entry.residual <= options_.tolerance);
  }
  if (pass) start_tendency_ = std::move(f1);
  return pass;
}

void HybridSolver::audit(const Channels& proposal, LedgerEntry& entry) {
  Stopwatch watch(entry.seconds_audit, entry.seconds_copies);
  entry.audited = true;
  copy_state_to_probe(entry);
  advance_to(**probe_, entry.end);
  const Channels truth = read(outputs_, *probe_, entry);
  if (!truth.empty()) entry.audited_error = norm_.of_difference(proposal, truth) / norm_.of(truth);
}

void HybridSolver::accept(const Channels& proposal, LedgerEntry& entry) {
  if (probe_ && options_.audit > 0) {
    const auto interval = static_cast<std::uint64_t>(ledger_.size());
    entry.drawn = Random(static_cast<std::uint64_t>(options_.seed), "hybrid.audit").uniform(interval) < options_.audit;
    const bool first = std::none_of(ledger_.begin(), ledger_.end(), [](const auto& e) { return e.audited; });
    if (decide(entry.drawn || first)) audit(proposal, entry);
  }
  entry.accepted = true;
  write(solver_, proposal, entry);
  solver_->set_time(entry.end, solver_->steps() + 1);
  solver_->observe();
}

void HybridSolver::step(double dt) {
  check_time_step(name(), dt);
  const double interval = surrogate_.info().interval;
  LedgerEntry entry{.start = solver_->time(), .end = solver_->time() + dt, .residual = unknown, .invariants = unknown,
                    .domain = unknown, .audited_error = unknown};
  if (std::abs(dt - interval) <= 1e-9 * interval) {
    entry.proposed = true;
    const Channels start = read(inputs_, solver_, entry);
    const Channels proposal = propose(start, entry);
    if (!probe_ || guard(start, proposal, entry)) accept(proposal, entry);
  }
  if (!entry.accepted) {
    Stopwatch watch(entry.seconds_solver);
    start_tendency_.reset();
    advance_to(*solver_, entry.end);
  }
  ledger_.push_back(entry);
}

void HybridSolver::write(std::span<const NamedArray> fields) {
  start_tendency_.reset();
  solver_->write(fields);
}

void HybridSolver::write_restart(std::string_view field, const ArrayRef& in) {
  start_tendency_.reset();
  solver_->write_restart(field, in);
}

std::vector<Table> HybridSolver::tables() {
  auto tables = solver_->tables();
  tables.push_back(to_table(ledger_, options_.tolerance));
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
