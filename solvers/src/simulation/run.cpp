// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "run.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>

#include <marea/io/checkpoint.hpp>
#include <marea/io/collective.hpp>
#include <marea/io/file_lock.hpp>
#include <marea/io/log.hpp>
#include <marea/io/progress.hpp>
#include <marea/io/snapshot_reader.hpp>
#include <marea/io/where_of.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/device.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/simulation_options.hpp>

#include "checkpoints.hpp"
#include "configuration.hpp"
#include "run_output.hpp"

namespace marea::detail {
namespace {

namespace fs = std::filesystem;

template <class Options> Options read_table(const OptionTree& case_file, const char* name) {
  Options options;
  if (const OptionTree* table = case_file.find(name)) read_options(options, *table, name);
  return options;
}

/// What stands in the output folder of this run.
struct Found {
  enum class State { nothing, finished, unfinished } state = State::nothing;
  double time = 0;  ///< of the last snapshot
};

/// What to do with a file that cannot be read as a run.
enum class Unreadable { pass_over, refuse, move_aside };

/// Renames a file to the first free name among path.broken, path.broken.2, …
void move_aside(const std::string& path, const std::string& why) {
  std::string aside = path + ".broken";
  for (int n = 2; fs::exists(aside); ++n) aside = path + ".broken." + std::to_string(n);
  std::error_code error;
  fs::rename(path, aside, error);
  if (error) fail<IoError>(path, "cannot be moved to ", aside, ": ", error.message());
  log_warning(why, "; moved to ", aside, ", starting again");
}

/// Looks at an existing file on rank 0; every rank gets the answer.
Found look_at(const std::string& path, const Ingredients& run, MPI_Comm comm, Unreadable unreadable) {
  Found found;
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  run_collectively(comm, [&] {
    if (rank != 0 || !fs::exists(path)) return;
    std::optional<SnapshotReader> reader;
    try {
      reader.emplace(path);
    } catch (const IoError& problem) {
      if (unreadable == Unreadable::pass_over) return;
      if (!dynamic_cast<const DataError*>(&problem)) throw;  // in use, no permission
      if (unreadable == Unreadable::move_aside) return move_aside(path, problem.what());
      fail<DataError>(problem.what(), "it is no run of marea that can go on, and stays as it is; move it away, choose ",
                      "another output.folder, or overwrite it with --restart never");
    }
    require_same_run({reader->schema().config, reader->schema().files}, run, path);
    found.state = reader->complete() ? Found::State::finished : Found::State::unfinished;
    if (!reader->times().empty()) found.time = reader->times().back();
  });
  int state = static_cast<int>(found.state);
  MPI_Bcast(&state, 1, MPI_INT, 0, comm);
  MPI_Bcast(&found.time, 1, MPI_DOUBLE, 0, comm);
  found.state = static_cast<Found::State>(state);
  return found;
}

void make_folder(const std::string& folder, MPI_Comm comm) {
  if (folder.empty()) fail<ConfigError>("output", "folder is missing; name the folder for snapshots");
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  run_collectively(comm, [&] {
    if (rank != 0) return;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) fail<IoError>("output", "folder = '", folder, "' cannot be made: ", error.message());
  });
}

/// One run from here to its end: steps, snapshots, checkpoints.
class Run {
 public:
  Run(const OptionTree& case_file, MPI_Comm comm, const SimulationHooks& hooks, const RunIdentity& identity,
      Clock::time_point started)
      : hooks_(hooks), identity_(identity), output_(read_table<OutputOptions>(case_file, "output")),
        run_(read_table<RunOptions>(case_file, "run")), times_(snapshot_times(output_, run_.end_time, case_file)),
        limit_(parse_duration(run_.wall_limit, where_of(case_file, "run.wall_limit"))), started_(started),
        stamps_(stamps_of(case_file, comm)),
        solver_((hooks.make_solver ? hooks.make_solver : SolverFactory(make_solver))(case_file, comm)),
        files_(*solver_, output_, case_file) {
    MPI_Comm_rank(solver_->grid().comm, &rank_);
    make_folder(output_.folder, solver_->grid().comm);
    const fs::path base = fs::path(output_.folder) / identity.stem;
    result_.snapshot_file = base.string() + ".h5";
    lock_file_ = base.string() + ".lock";
    checkpoint_folder_ = base.string() + ".checkpoints";
    FileHashes own;
    made_of_ = {resolved_configuration(*solver_, output_, run_),
                hashed_files(case_file, stamps_, identity.hashes ? *identity.hashes : own, comm)};
    files_.on_written([this](double time, std::int64_t number, std::int64_t steps) {
      report("snapshot", {{"time", time}, {"number", number}, {"steps", steps}});
    });
  }

  SimulationResult execute() {
    if (!begin()) return result_;
    const auto begun = Clock::now();
    const std::clock_t processor = std::clock();
    const std::int64_t first_step = solver_->steps();
    report("start", {{"time", solver_->time()}, {"end_time", run_.end_time}, {"steps", solver_->steps()}});
    if (!identity_.progress)
      progress_ = std::make_unique<Progress>("simulate", run_.end_time, solver_->grid().time_unit, solver_->time());
    const bool done = advance_or_name_checkpoint();
    if (progress_) progress_->update(solver_->time());
    progress_.reset();
    result_.status = done ? RunStatus::finished : RunStatus::stopped;
    result_.time = solver_->time();
    result_.steps = solver_->steps();
    fence();
    result_.seconds = seconds_since(begun);
    result_.mcell_steps_per_second =
        1e-6 * cells() * static_cast<double>(solver_->steps() - first_step) / std::max(result_.seconds, 1e-9);
    result_.invariants = solver_->invariants();
    files_.add_cost({result_.seconds, processor_seconds_since(processor)});
    if (done) {
      files_.finish(*solver_);
    } else if (checkpointed_at_ != solver_->steps()) {
      checkpoint();
    }
    if (lock_) lock_->remove_at_end();
    report(done ? "finished" : "stopped",
           {{"time", result_.time}, {"steps", result_.steps}, {"seconds", result_.seconds},
            {"mcell_steps_per_second", result_.mcell_steps_per_second}});
    return result_;
  }

 private:
  /// Opens the files and puts the solver where it goes on; false when there is nothing left to do.
  bool begin() {
    const bool never = hooks_.restart == "never", automatic = hooks_.restart == "auto";
    if (automatic && is_done(look(Unreadable::pass_over))) return false;
    lock();
    const bool torn = lock_ && lock_->left_behind();
    const Found found = never ? Found{} : look(torn ? Unreadable::move_aside : Unreadable::refuse);
    if (automatic && is_done(found)) return false;
    std::optional<std::string> from;
    if (!never && !automatic) {
      from = hooks_.restart;
    } else if (found.state == Found::State::unfinished) {
      from = latest_checkpoint(checkpoint_folder_, solver_->grid().comm);
    }
    const SnapshotSchema schema = files_.schema(*solver_, made_of_, identity_.split, identity_.parameters);
    if (!from) {
      drop_checkpoints();
      files_.create(result_.snapshot_file, schema, *solver_);
      return true;
    }
    load_checkpoint(*solver_, *from, made_of_);
    if (found.state == Found::State::nothing) {
      files_.create(result_.snapshot_file, schema, *solver_);
    } else {
      files_.resume(result_.snapshot_file, schema, *solver_);
    }
    resumed_ = true;
    report("resumed", {{"checkpoint", *from}, {"time", solver_->time()}, {"steps", solver_->steps()}});
    return true;
  }

  Found look(Unreadable unreadable) const {
    return look_at(result_.snapshot_file, made_of_, solver_->grid().comm, unreadable);
  }

  bool is_done(const Found& found) {
    if (found.state != Found::State::finished) return false;
    result_.time = found.time;
    report("skipped", {{"time", found.time}});
    if (lock_) lock_->remove_at_end();
    return true;
  }

  /// From here on nobody else writes this run.
  void lock() {
    run_collectively(solver_->grid().comm, [&] {
      if (rank_ == 0) lock_.emplace(lock_file_);
    });
  }

  /// Steps to the end time by way of every snapshot. \return false when it was stopped
  bool advance() {
    plan_checkpoint();
    for (const double time : times_) {
      if (resumed_ && time <= solver_->time()) continue;
      if (!advance_to(*solver_, time, [&] { return solver_->time() >= time || between_steps(); })) return false;
      files_.append(*solver_);
      if (solver_->time() < run_.end_time && !between_steps()) return false;
    }
    return advance_to(*solver_, run_.end_time, [&] { return solver_->time() >= run_.end_time || between_steps(); });
  }

  /// As advance; a numerical failure, which all ranks throw, names the checkpoint to go back to.
  bool advance_or_name_checkpoint() {
    try {
      const bool done = advance();
      files_.flush();
      return done;
    } catch (const NumericalError& error) {
      drop_or_write_pending();
      const auto good = latest_checkpoint(checkpoint_folder_, solver_->grid().comm);
      if (!good) throw;
      throw NumericalError(std::string(error.what()) + "; the last good checkpoint is " + *good);
    }
  }

  /// A checkpoint when one is due, progress, and whether to go on: the same answer on every rank.
  bool between_steps() {
    if (progress_) progress_->update(solver_->time());
    if (identity_.progress && run_.end_time > 0) identity_.progress(solver_->time() / run_.end_time);
    if (solver_->time() >= next_checkpoint_) {
      checkpoint();
      plan_checkpoint();
    }
    if (rank_ == 0 && hooks_.event && seconds_since(reported_) >= 0.25) {
      reported_ = Clock::now();
      report("progress", {{"time", solver_->time()}, {"end_time", run_.end_time}, {"steps", solver_->steps()}});
    }
    int stop = (hooks_.stop && hooks_.stop()) || seconds_since(started_) > limit_;
    MPI_Allreduce(MPI_IN_PLACE, &stop, 1, MPI_INT, MPI_MAX, solver_->grid().comm);
    return stop == 0;
  }

  /// The snapshot on its way when a run failed: written where it is whole.
  void drop_or_write_pending() {
    try {
      files_.flush();
    } catch (const NumericalError&) {
    }
  }

  void checkpoint() {
    files_.flush();  // a run that goes on from here has the snapshots before
    const std::string path = write_checkpoint(*solver_, checkpoint_folder_, made_of_);
    checkpointed_at_ = solver_->steps();
    report("checkpoint", {{"file", path}, {"time", solver_->time()}, {"steps", solver_->steps()}});
  }

  /// The next multiple of checkpoint_every. Step lengths do not depend on it: the first step that reaches it counts.
  void plan_checkpoint() {
    if (output_.checkpoint_every > 0)
      next_checkpoint_ = (std::floor(solver_->time() / output_.checkpoint_every) + 1) * output_.checkpoint_every;
  }

  void drop_checkpoints() const {
    run_collectively(solver_->grid().comm, [&] {
      std::error_code error;
      if (rank_ == 0) fs::remove_all(checkpoint_folder_, error);
      if (error) fail<IoError>("output", checkpoint_folder_, " cannot be removed: ", error.message());
    });
  }

  void report(const std::string& event, OptionTree::Table values) const {
    if (rank_ != 0 || !hooks_.event) return;
    values.emplace(values.begin(), "run", identity_.stem);
    hooks_.event(event, OptionTree(std::move(values)));
  }

  double cells() const {
    double count = 1;
    for (int a = 0; a < solver_->grid().block.rank; ++a) count *= static_cast<double>(solver_->grid().block.global[a]);
    return count;
  }
  /// Of all threads of all ranks of this run.
  double processor_seconds_since(std::clock_t t) const {
    double seconds = static_cast<double>(std::clock() - t) / CLOCKS_PER_SEC;
    MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_SUM, solver_->grid().comm);
    return seconds;
  }
  static double seconds_since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

  const SimulationHooks& hooks_;
  RunIdentity identity_;
  OutputOptions output_;
  RunOptions run_;
  std::vector<double> times_;
  double limit_;
  Clock::time_point started_, reported_ = Clock::now();
  std::vector<std::string> stamps_;  ///< of the files of the case, from before the solver read them
  AnySolver solver_;
  std::optional<FileLock> lock_;  ///< on rank 0; let go when the files are closed
  RunOutput files_;
  Ingredients made_of_;
  std::string lock_file_, checkpoint_folder_;
  SimulationResult result_;
  std::unique_ptr<Progress> progress_;
  double next_checkpoint_ = std::numeric_limits<double>::infinity();
  std::int64_t checkpointed_at_ = -1;
  bool resumed_ = false;
  int rank_ = 0;
};

}  // namespace

SimulationResult run_simulation(const OptionTree& case_file, MPI_Comm comm, const SimulationHooks& hooks,
                                const RunIdentity& identity, Clock::time_point started) {
  const SimulationResult result = Run(case_file, comm, hooks, identity, started).execute();
  MPI_Barrier(comm);  // every rank has closed the files: whoever returns may open them
  return result;
}

}  // namespace marea::detail
