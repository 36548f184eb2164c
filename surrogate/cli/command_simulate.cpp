// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <mpi.h>

#include <marea/io/error.hpp>
#include <marea/io/snapshot_reader.hpp>
#include <marea/io/stop_signal.hpp>
#include <marea/io/where_of.hpp>
#include <marea/solvers/ensemble.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/simulation.hpp>
#include <marea/solvers/simulation_options.hpp>
#ifdef MAREA_HAS_SURROGATE
#include <marea/surrogate/hybrid/hybrid_solver.hpp>
#include <marea/surrogate/hybrid/ledger.hpp>
#endif

#include "command.hpp"
#include "memory.hpp"

namespace marea::cli {
namespace {

/// The factory of whatever the case names: a solver, a surrogate or a hybrid.
AnySolver make_any(const OptionTree& case_file, MPI_Comm comm) {
#ifdef MAREA_HAS_SURROGATE
  return hybrid::make_solver(case_file, comm);
#else
  for (const char* table : {"surrogate", "hybrid"}) {
    if (const OptionTree* found = case_file.find(table)) fail_not_built(found->where());
  }
  return make_solver(case_file, comm);
#endif
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

/// Bytes of all ranks.
double sum(double mine) {
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  return mine;
}

/// Before anything is allocated: the least a case of this grid takes, eight fields of four-byte numbers.
void require_memory(const OptionTree& case_file) {
  double cells = 1;
  for (const char* key : {"grid.nx", "grid.ny", "grid.nz"}) {
    const OptionTree* value = case_file.at_path(key);
    if (value && value->is_integer()) cells *= static_cast<double>(value->as_integer());
  }
  const double least = cells * 8 * 4, room = available_bytes();
  if (least > room) {
    fail<ConfigError>("grid", number(cells), " cells need at least ", bytes_text(least), " of memory, ",
                      bytes_text(room), " are free; use a smaller grid or more nodes");
  }
}

int dry_run(const OptionTree& whole_case, const Console& console) {
  const bool ensemble = whole_case.find("ensemble") != nullptr;
  const std::vector<EnsembleMember> members = ensemble ? ensemble_members(whole_case) : std::vector<EnsembleMember>{};
  const OptionTree& case_file = ensemble ? members.front().case_file : whole_case;
  OutputOptions output;
  RunOptions run;
  if (const OptionTree* table = case_file.find("output")) read_options(output, *table, "output");
  if (const OptionTree* table = case_file.find("run")) read_options(run, *table, "run");
  parse_duration(run.wall_limit, where_of(case_file, "run.wall_limit"));
  if (output.folder.empty()) fail<ConfigError>("output", "folder is missing; name the folder for snapshots");
  const std::size_t snapshots = snapshot_times(output, run.end_time, case_file).size();
  const double before = resident_bytes();
  AnySolver solver = make_any(case_file, MPI_COMM_WORLD);
  const double dt = solver->stable_dt();
  const double bytes = sum(std::max(0.0, resident_bytes() - before));
  const GridInfo& grid = solver->grid();
  std::string shape;
  double cells = 1;
  for (int axis = grid.block.rank - 1; axis >= 0; --axis) {  // x first
    shape += (shape.empty() ? "" : " x ") + std::to_string(grid.block.global[axis]);
    cells *= static_cast<double>(grid.block.global[axis]);
  }
  OptionTree plan;
  plan["solver"] = std::string(solver->name());
  plan["cells"] = cells;
  plan["members"] = static_cast<std::int64_t>(ensemble ? members.size() : 1);
  plan["snapshots"] = static_cast<std::int64_t>(snapshots);
  plan["end_time"] = run.end_time;
  plan["first_dt"] = dt;
  plan["memory_bytes"] = bytes;
  plan["memory_available_bytes"] = available_bytes();
  plan["folder"] = output.folder;
  console.event("plan", plan);
  console.say("The case file is right. It would run");
  console.say("  solver     " + std::string(solver->name()) + " on " + shape + " cells");
  console.say("  until      " + number(run.end_time) + " " + grid.time_unit + ", the first step " + number(dt) + " " +
              grid.time_unit);
  if (ensemble) console.say("  members    " + std::to_string(members.size()));
  console.say("  snapshots  " + std::to_string(snapshots) + " a run, into " + output.folder);
  console.say("  memory     about " + bytes_text(bytes) + " a run; " + bytes_text(available_bytes()) + " are free");
  return exit_done;
}

std::string summary(const SimulationResult& result) {
  if (result.steps == 0 && result.status == RunStatus::finished) return result.snapshot_file + ": already complete";
  return result.snapshot_file + (result.status == RunStatus::finished ? ": done" : ": stopped with a checkpoint") +
         " at time " + number(result.time) + " after " + std::to_string(result.steps) + " steps, " +
         number(result.seconds) + " s, " + number(result.mcell_steps_per_second) + " Mcell steps/s";
}

#ifdef MAREA_HAS_SURROGATE
/// What a hybrid run says of itself: four lines, or an event for each interval and one for their sum. On rank 0.
void report_ledger(const SimulationResult& result, bool guarded, const Console& console) {
  for (const Table& table : SnapshotReader(result.snapshot_file).tables()) {
    if (table.name != "ledger") continue;
    const hybrid::LedgerSummary ledger = hybrid::summarise(table);
    for (std::int64_t row = 0; row < table.rows(); ++row) {
      OptionTree interval;
      for (std::size_t c = 0; c < table.columns.size(); ++c)
        interval[table.columns[c]] = table.values[static_cast<std::size_t>(row) * table.columns.size() + c];
      console.event("interval", interval);
    }
    console.event("ledger", hybrid::to_tree(ledger));
    console.say(guarded ? hybrid::to_string(ledger)
                        : "surrogate alone: " + std::to_string(ledger.accepted) + " of " +
                              std::to_string(ledger.intervals) + " intervals, nothing was checked; [hybrid] guards it");
  }
}

/// What the first guesses of all members saved together; nothing where there are none. On rank 0.
void report_savings(const std::vector<SimulationResult>& results, const Console& console) {
  std::vector<hybrid::LedgerEntry> all;
  for (const SimulationResult& result : results)
    for (const Table& table : SnapshotReader(result.snapshot_file).tables()) {
      if (table.name != "ledger") continue;
      const std::vector<hybrid::LedgerEntry> rows = hybrid::to_ledger(table);
      all.insert(all.end(), rows.begin(), rows.end());
    }
  const hybrid::LedgerSummary ledger = hybrid::summarise(all, 0);
  if (ledger.saving.steps == 0) return;
  console.event("ledger", hybrid::to_tree(ledger));
  console.say(hybrid::to_string(ledger));
}
#endif

int simulate_case(const CaseArguments& arguments, const Console& console) {
  const OptionTree case_file = arguments.read();
  if (!case_file.find("solver")) {
    fail<ConfigError>(arguments.file, "has no [solver] table; name one of `marea list solvers`");
  }
  if (!case_file.find("initial"))
    console.say("The case has no table [initial]: the solver starts from its first profile.");
  require_memory(case_file);
  if (arguments.restart != "auto" && arguments.restart != "never" && !std::filesystem::exists(arguments.restart)) {
    fail<ConfigError>("--restart", "'", arguments.restart, "' must be auto, never or a checkpoint file");
  }
  if (arguments.dry_run) return dry_run(case_file, console);
  SimulationHooks hooks;
  hooks.make_solver = make_any;
  hooks.stop = StopSignal::requested;
  hooks.restart = arguments.restart;
  if (console.json()) {
    hooks.event = [&](const std::string& name, const OptionTree& values) { console.event(name, values); };
  }
  const bool ensemble = case_file.find("ensemble") != nullptr;
  const std::vector<SimulationResult> results =
      ensemble ? simulate_ensemble(case_file, MPI_COMM_WORLD, hooks)
               : std::vector{simulate(case_file, MPI_COMM_WORLD, hooks)};
  std::size_t stopped = 0;
  for (const SimulationResult& result : results) stopped += result.status == RunStatus::stopped;
#ifdef MAREA_HAS_SURROGATE
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
#endif
  if (!ensemble) {
    console.say(summary(results.front()));
#ifdef MAREA_HAS_SURROGATE
    if (rank == 0 && stopped == 0 && case_file.find("surrogate")) {
      report_ledger(results.front(), case_file.find("hybrid") != nullptr, console);
    }
#endif
  } else {
    console.say(std::to_string(results.size() - stopped) + " of " + std::to_string(results.size()) + " members done");
#ifdef MAREA_HAS_SURROGATE
    if (rank == 0 && stopped == 0 && case_file.find("surrogate")) report_savings(results, console);
#endif
  }
  if (stopped == 0) return exit_done;
  console.say("Stopped. Run the same command again to go on.");
  return exit_stopped;
}

}  // namespace

Command add_simulate(CLI::App& program) {
  CLI::App* app = program.add_subcommand("simulate", "Run the simulation or the ensemble of a case file");
  const auto arguments = std::make_shared<CaseArguments>();
  arguments->add_to(*app, "Case file (TOML)");
  app->footer(
      "Examples:\n"
      "  marea simulate case.toml\n"
      "  marea simulate case.toml --dry-run\n"
      "  marea simulate case.toml -o grid.nx=480 -o output.folder=runs/fine\n"
      "  mpirun -n 4 marea simulate case.toml --restart never");
  return {app, Needs::compute, [arguments](const Console& console) { return simulate_case(*arguments, console); }};
}

}  // namespace marea::cli
