// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/estimate/estimate.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <utility>

#include <marea/io/collective.hpp>
#include <marea/io/error.hpp>
#include <marea/io/progress.hpp>
#include <marea/io/where_of.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/simulation_options.hpp>
#include <marea/surrogate/surrogate.hpp>

#include "discretisation.hpp"
#include "evaluation/solver_candidate.hpp"
#include "sample_store.hpp"
#include "study.hpp"

namespace marea {
namespace {

using namespace detail;
namespace fs = std::filesystem;

/// The longest pilot that grows by itself.
constexpr int longest_pilot = 96;

double median_of(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

/// The study on its way: models, samples, results.
class Work {
 public:
  Work(const OptionTree& case_file, MPI_Comm comm, const EstimateHooks& hooks)
      : case_file_(case_file), comm_(comm), options_(read(case_file)), statistics_(statistics_of(case_file)),
        store_(case_file, std::ranges::any_of(statistics_, &Statistic::picks), fs::path(options_.output) / "samples",
               comm, hooks.stop) {
    MPI_Comm_size(comm, &ranks_);
    study_.options = options_;
    study_.statistics = statistics_;
    study_.runs_per_sample = store_.runs_per_sample();
    make_models();
  }

  OptionTree run() {
    run_pilot();
    make_the_plan();
    draw_samples();
    OptionTree result = to_tree(study_);
    run_collectively(comm_, [&] {
      int rank = 0;
      MPI_Comm_rank(comm_, &rank);
      if (rank != 0) return;
      const fs::path folder = options_.output;
      write_fields((folder / "estimate.h5").string(), study_, grid_, case_file_);
      std::ofstream(folder / "estimate.json") << to_json(result) << "\n";
      std::ofstream(folder / "estimate.md") << to_markdown(study_);
    });
    return result;
  }

 private:
  static EstimateOptions read(const OptionTree& case_file) {
    const OptionTree* table = case_file.find("estimate");
    if (!table) fail<ConfigError>("estimate", "the case has no table [estimate]; say there which quantities");
    EstimateOptions options;
    read_options(options, *table, "estimate", {"statistics"});
    if (options.target == 0 && options.budget.empty())
      fail<ConfigError>(table->where(), "give a target (relative standard error), a budget (as 30m), or both");
    if (!case_file.at_path("run.end_time"))
      fail<ConfigError>(where_of(case_file, "run"), "end_time is missing; say when a run ends");
    return options;
  }

  static std::vector<Statistic> statistics_of(const OptionTree& case_file) {
    std::vector<std::string> inputs;
    if (const OptionTree* vary = case_file.at_path("ensemble.vary"))
      for (const auto& [name, distribution] : vary->as_table()) inputs.push_back(name);
    return read_statistics(case_file.at_path("estimate.statistics"), inputs);
  }

  void make_models() {
    const SolverEntry entry = entry_for(case_file_);
    const OptionTree first = store_.case_of(0);
    AnySolver solver = entry.make(SolverConfiguration{.extents = cells_of(first)}.apply(entry, first), MPI_COMM_SELF);
    const std::vector<FieldInfo> outputs(solver->outputs().begin(), solver->outputs().end());
    const GridInfo& grid = solver->grid();
    const std::vector<std::int64_t> own(grid.block.global.begin(), grid.block.global.begin() + grid.block.rank);
    std::vector<std::int64_t> extents = own;
    if (!options_.models.empty()) extents = read_model_info(options_.models.front()).extents;
    study_.quantities = read_quantities(options_.quantities, case_file_, outputs, extents);
    add(solver_level(study_.quantities, own, false));
    if (options_.solver_levels == "auto")
      for (const std::int64_t part : {2, 4}) {
        std::vector<std::int64_t> coarse = own;
        bool whole = true;
        for (std::size_t axis : refined_axes(entry, own.size())) {
          coarse[axis] = std::max(own[axis] / part, least_cells);
          whole = whole && coarse[axis] == own[axis] / part;
        }
        if (coarse == own) continue;
        study_.halved = study_.halved || (part == 2 && whole);
        add(solver_level(study_.quantities, coarse, true));
      }
    for (const std::string& file : options_.models) add(surrogate_candidate(study_.quantities, file, first));
    AnySolver like = entry.make(SolverConfiguration{.extents = extents}.apply(entry, first), MPI_COMM_SELF);
    grid_ = like->grid();
    grid_.comm = MPI_COMM_SELF;
  }

  static std::vector<std::int64_t> cells_of(const OptionTree& case_file) {
    std::vector<std::int64_t> cells;
    for (const char* key : {"grid.nz", "grid.ny", "grid.nx"})
      if (const OptionTree* n = case_file.at_path(key)) cells.push_back(n->as_integer());
    return cells;
  }

  void add(std::unique_ptr<Candidate> model) {
    study_.labels.push_back(model->label());
    study_.surrogate.push_back(model->is_surrogate());
    study_.cards.push_back(model->card());
    if (!model->is_surrogate()) levels_.push_back(static_cast<int>(models_.size()));
    models_.push_back(std::move(model));
  }

  Drawn draw(int model, std::int64_t first, std::int64_t count, const std::string& what) {
    Progress progress("estimate", static_cast<double>(count), "samples");
    return store_.draw(*models_[static_cast<std::size_t>(model)], model, first, count, [&](std::int64_t done) {
      progress.update(static_cast<double>(done), what + ": " + study_.labels[static_cast<std::size_t>(model)]);
    });
  }

  /// Doubles the pilot as long as its correlations leave the gain open by more than a factor of two.
  void run_pilot() {
    study_.pilot = options_.pilot;
    while (true) {
      pilot_.clear();
      study_.costs.clear();
      study_.pilot_seconds = 0;
      for (std::size_t m = 0; m < models_.size(); ++m) {
        Drawn drawn = draw(static_cast<int>(m), 0, study_.pilot, "pilot");
        study_.pilot_seconds += std::accumulate(drawn.seconds.begin(), drawn.seconds.end(), 0.0);
        study_.costs.push_back(median_of(std::move(drawn.seconds)));
        pilot_.push_back(std::move(drawn.values));
      }
      if (!pilot_.front().allFinite())
        fail<NumericalError>("estimate", "the solver gave a value that is not finite in the pilot; the samples are in ",
                             options_.output);
      study_.gain = gain_of(pilot_, study_.quantities.front().size(), study_.costs, levels_);
      if (study_.gain.high <= 2 * study_.gain.low || 2 * study_.pilot > longest_pilot || over_budget()) break;
      study_.pilot *= 2;
    }
  }

  double seconds_left() const {
    return parse_duration(options_.budget, where_of(case_file_, "estimate.budget")) * ranks_ - study_.pilot_seconds;
  }
  bool over_budget() const { return study_.pilot_seconds > 0.3 * (seconds_left() + study_.pilot_seconds); }

  void make_the_plan() {
    const Eigen::Index size = study_.quantities.front().size();
    const Eigen::MatrixXd c = covariance_over(pilot_, 0, size);
    for (Eigen::Index m = 0; m < c.rows(); ++m)
      study_.correlations.push_back(c(m, m) > 0 && c(0, 0) > 0 ? c(0, m) / std::sqrt(c(0, 0) * c(m, m)) : 0.0);
    double mean = 0;
    for (Eigen::Index row = 0; row < size; ++row)
      mean += std::pow(static_cast<double>(pilot_.front().row(row).mean()), 2) / static_cast<double>(size);
    const double variance = options_.target * options_.target * mean;
    const Shares shares = best_shares(c, study_.costs);
    study_.variance_cost = shares.variance_cost;
    if (variance > 0) study_.wanted_seconds = study_.pilot_seconds + shares.variance_cost / variance;
    const double left = std::max(seconds_left(), 0.0);
    study_.plan = make_plan(shares, c, study_.costs, variance, left);
  }

  void draw_samples() {
    const auto firsts = first_inputs(study_.plan.groups, std::max<std::int64_t>(study_.pilot, 2 * longest_pilot));
    std::vector<std::vector<Eigen::MatrixXf>> drawn;  // [group][its model]
    for (std::size_t g = 0; g < firsts.size(); ++g) {
      const Group& group = study_.plan.groups[g];
      drawn.emplace_back();
      for (int model : group.models) {
        Drawn one = draw(model, firsts[g], group.samples, "samples");
        study_.run_seconds += std::accumulate(one.seconds.begin(), one.seconds.end(), 0.0);
        drawn.back().push_back(std::move(one.values));
      }
    }
    const std::int64_t values = total_size(study_.quantities);
    Eigen::Index row = 0;
    for (const Quantity& quantity : study_.quantities) {
      study_.estimates.emplace_back(study_.statistics.size());
      for (std::int64_t n = 0; n < quantity.size(); ++n, ++row) {
        std::vector<Samples> runs;
        for (std::int64_t run = 0; run < study_.runs_per_sample; ++run)
          runs.push_back(samples_at(row + run * values, drawn));
        for (std::size_t s = 0; s < study_.statistics.size(); ++s) {
          const Statistic& statistic = study_.statistics[s];
          Estimate estimate = statistic.of(runs);
          const Eigen::MatrixXd& pilot = runs.front().pilot;
          if (study_.halved)
            estimate.discretisation_error = discretisation_error(statistic, pilot.row(0), pilot.row(1));
          study_.estimates.back()[s].push_back(estimate);
        }
      }
    }
  }

  Samples samples_at(Eigen::Index row, const std::vector<std::vector<Eigen::MatrixXf>>& drawn) {
    Samples s{.groups = study_.plan.groups, .pilot = {}, .values = {}, .confidence = options_.confidence};
    s.pilot.resize(static_cast<Eigen::Index>(pilot_.size()), pilot_.front().cols());
    for (std::size_t m = 0; m < pilot_.size(); ++m)
      s.pilot.row(static_cast<Eigen::Index>(m)) = pilot_[m].row(row).cast<double>();
    for (std::size_t g = 0; g < drawn.size(); ++g) {
      s.values.emplace_back(static_cast<Eigen::Index>(drawn[g].size()), s.groups[g].samples);
      for (std::size_t m = 0; m < drawn[g].size(); ++m)
        s.values[g].row(static_cast<Eigen::Index>(m)) = drawn[g][m].row(row).cast<double>();
    }
    study_.replaced += replace_not_finite(s);
    return s;
  }

  OptionTree case_file_;
  MPI_Comm comm_;
  EstimateOptions options_;
  std::vector<Statistic> statistics_;
  SampleStore store_;
  Study study_;
  GridInfo grid_;
  std::vector<std::unique_ptr<Candidate>> models_;
  std::vector<int> levels_;
  std::vector<Eigen::MatrixXf> pilot_;
  int ranks_ = 1;
};

}  // namespace

OptionTree estimate(const OptionTree& case_file, MPI_Comm comm, const EstimateHooks& hooks) {
  return Work(case_file, comm, hooks).run();
}

}  // namespace marea
