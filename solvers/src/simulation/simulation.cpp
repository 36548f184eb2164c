// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/simulation.hpp>

#include <algorithm>
#include <exception>
#include <filesystem>

#include <marea/io/collective.hpp>
#include <marea/io/log.hpp>
#include <marea/io/progress.hpp>
#include <marea/solvers/ensemble.hpp>
#include <marea/solvers/simulation_options.hpp>

#include "run.hpp"

namespace marea {
namespace {

/// The ranks that share one member at a time: each rank by itself where there are members enough, else even parts.
class Group {
 public:
  Group(MPI_Comm comm, std::int64_t members) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    count_ = static_cast<int>(std::min<std::int64_t>(size, members));
    index_ = static_cast<int>(static_cast<std::int64_t>(rank) * count_ / size);
    MPI_Comm_split(comm, index_, rank, &comm_);
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group() { MPI_Comm_free(&comm_); }

  MPI_Comm comm() const { return comm_; }
  int index() const { return index_; }
  int count() const { return count_; }
  bool root() const {
    int rank = 0;
    MPI_Comm_rank(comm_, &rank);
    return rank == 0;
  }

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
  int index_ = 0, count_ = 1;
};

/// Every rank learns the numbers of every member from the group that ran it.
void share_results(std::vector<SimulationResult>& results, const Group& group, MPI_Comm comm) {
  constexpr std::size_t numbers = 5;
  std::vector<double> table(results.size() * numbers, 0);
  for (std::size_t n = group.index(); group.root() && n < results.size(); n += group.count()) {
    const SimulationResult& r = results[n];
    const double row[numbers] = {r.status == RunStatus::stopped ? 1.0 : 0.0, r.time, r.seconds,
                                 static_cast<double>(r.steps), r.mcell_steps_per_second};
    std::copy(row, row + numbers, table.begin() + static_cast<std::ptrdiff_t>(n * numbers));
  }
  MPI_Allreduce(MPI_IN_PLACE, table.data(), static_cast<int>(table.size()), MPI_DOUBLE, MPI_SUM, comm);
  for (std::size_t n = 0; n < results.size(); ++n) {
    const double* row = &table[n * numbers];
    SimulationResult& r = results[n];
    r.status = row[0] > 0 ? RunStatus::stopped : RunStatus::finished;
    r.time = row[1];
    r.seconds = row[2];
    r.steps = static_cast<std::int64_t>(row[3]);
    r.mcell_steps_per_second = row[4];
  }
}

}  // namespace

SimulationResult simulate(const OptionTree& case_file, MPI_Comm comm, const SimulationHooks& hooks) {
  if (const OptionTree* ensemble = case_file.find("ensemble"))
    fail<ConfigError>(ensemble->where(), "describes many runs; simulate_ensemble runs them");
  detail::RunIdentity identity;
  identity.progress = hooks.progress;
  return detail::run_simulation(case_file, comm, hooks, identity, detail::Clock::now());
}

std::vector<SimulationResult> simulate_ensemble(const OptionTree& case_file, MPI_Comm comm,
                                                const SimulationHooks& hooks) {
  const auto started = detail::Clock::now();
  const auto members = ensemble_members(case_file);
  if (hooks.restart != "auto" && hooks.restart != "never")
    fail<ConfigError>("restart", "= '", hooks.restart, "' must be auto or never for an ensemble, whose members have ",
                      "checkpoints of their own");
  const Group group(comm, static_cast<std::int64_t>(members.size()));
  std::vector<SimulationResult> results(members.size());
  OutputOptions output;
  if (const OptionTree* table = case_file.find("output")) read_options(output, *table, "output");
  for (std::size_t n = 0; n < members.size(); ++n) {
    results[n].status = RunStatus::stopped;  // until it has run
    results[n].snapshot_file = (std::filesystem::path(output.folder) / (members[n].stem + ".h5")).string();
  }

  // This group's share stands for the whole: groups have equal shares but for one member.
  const double share = static_cast<double>((members.size() - group.index() - 1) / group.count() + 1);
  const double scale = static_cast<double>(members.size()) / share;
  Progress progress("simulate", static_cast<double>(members.size()), "runs");
  FileHashes hashes;  // members name the same files
  double done = 0;
  std::exception_ptr error;
  for (std::size_t n = group.index(); n < members.size(); n += group.count()) {
    const EnsembleMember& m = members[n];
    const detail::RunIdentity identity{m.stem, m.split, m.parameters, &hashes,
                                       [&](double part) { progress.update(scale * (done + part), m.stem); }};
    try {
      results[n] = detail::run_simulation(m.case_file, group.comm(), hooks, identity, started);
      if (results[n].status == RunStatus::stopped) break;
    } catch (const NumericalError& e) {  // says nothing of the other members
      log_warning(m.stem, ": ", e.what());
      if (!error) error = std::current_exception();
    } catch (...) {
      error = std::current_exception();
      break;
    }
    progress.update(scale * ++done, m.stem);
  }
  rethrow_collectively(comm, error);
  share_results(results, group, comm);
  return results;
}

}  // namespace marea
