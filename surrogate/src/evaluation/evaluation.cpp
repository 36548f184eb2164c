// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/evaluation/evaluation.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <marea/io/collective.hpp>
#include <marea/io/error.hpp>
#include <marea/io/made_folders.hpp>
#include <marea/io/queue.hpp>
#include <marea/surrogate/registry.hpp>
#include <marea/surrogate/trainer.hpp>

#include "data_error.hpp"
#include "own_baselines.hpp"
#include "report.hpp"
#include "trust_facts.hpp"

namespace marea {
namespace {

namespace fs = std::filesystem;

void write_text(const fs::path& path, const std::string& text) {
  const auto temporary = path.string() + ".tmp";
  {
    std::ofstream file(temporary);
    file << text;
    if (!file.flush())
      fail<IoError>("evaluate", "cannot write ", path.string(), "; is the folder writable, the disk full?");
  }
  std::error_code error;
  fs::rename(temporary, path, error);
  if (error) fail<IoError>("evaluate", "cannot write ", path.string(), ": ", error.message());
}

/// Makes a folder and writes into it once, before the work begins. Collective.
MadeFolders require_writable(const fs::path& folder, MPI_Comm comm, int rank) {
  MadeFolders made;
  run_collectively(comm, [&] {
    if (rank != 0) return;
    std::error_code error;
    made = MadeFolders(folder, error);
    if (error) fail<IoError>("evaluate", "cannot make the folder ", folder.string(), ": ", error.message());
    write_text(folder / "report.probe", "");
    fs::remove(folder / "report.probe", error);
  });
  return made;
}

/// Where networks run: on the device of the solvers unless the options say otherwise.
std::string network_device(const EvaluationOptions& options) {
  if (options.device != "auto") return options.device;
  return process_device() < 0 ? "cpu" : "cuda";
}

/// A network on `device`, a classical model on the CPU, the only place it knows.
Surrogate load(const std::string& file, const std::string& device) {
  const bool network = static_cast<bool>(find_model(read_model_info(file).name).make_net);
  return Surrogate::load(file, network ? device : "cpu");
}

/// All models of a training, which differ by their seed: the one of that name and those beside it.
std::vector<Surrogate> load_trainings(const std::string& file, const std::string& device) {
  std::vector<Surrogate> trainings;
  trainings.push_back(load(file, device));
  const ModelInfo& info = trainings.front().info();
  const auto* seeds = info.training.at_path("train.seeds");
  if (!seeds || !find_model(info.name).make_net) return trainings;
  for (const auto& other : model_files(file, static_cast<int>(seeds->as_integer()))) {
    if (other == file) continue;
    if (!fs::exists(other))
      fail<DataError>("evaluate", file, " was trained with ", seeds->as_integer(), " seeds, but ", other,
                      " is missing; train it, put it there, or evaluate a model of one seed");
    trainings.push_back(load(other, device));
    if (trainings.back().info().training_runs != info.training_runs)
      fail<DataError>("evaluate", other, " was trained on other runs than ", file, "; train both again");
  }
  return trainings;
}

}  // namespace

OptionTree evaluate(const EvaluationOptions& options, MPI_Comm comm, const EvaluationHooks& hooks) {
  check_options(options, "evaluate");
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  const fs::path folder = options.output;
  const MadeFolders made = require_writable(folder, comm, rank);
  const std::string device = network_device(options);
  const std::vector<Surrogate> trainings = load_trainings(options.model, device);
  const Surrogate& surrogate = trainings.front();
  const bool none = std::ranges::count(options.baselines, "none") > 0;
  if (none && options.baselines.size() > 1) fail<ConfigError>("evaluate", "baselines = none stands alone");
  std::vector<Surrogate> baselines;
  for (const auto& file : options.baselines)
    if (file != "auto" && file != "none") baselines.push_back(load(file, device));
  const auto& info = surrogate.info();

  std::vector<const ModelInfo*> models;
  for (const auto& training : trainings) models.push_back(&training.info());
  for (const auto& baseline : baselines) models.push_back(&baseline.info());
  detail::Facts facts;
  facts.seen_runs = detail::count_seen_runs(options, models);
  const auto count = static_cast<std::size_t>(detail::count_held_out(options, info));
  detail::Stages stages(2 * count + 3);  // references, the finer one, baselines, the first look, the runs
  const auto runs = detail::held_out_runs(options, info, comm, hooks, stages);
  const auto finer = detail::finer_reference(options, info, runs.front(), comm, hooks, stages);
  if (rank != 0) return {};

  if (std::ranges::count(options.baselines, "auto") > 0) {
    std::vector<std::string> given;
    for (const auto& baseline : baselines) given.push_back(baseline.info().name);
    const auto own = detail::train_baselines(options, info, given, hooks, stages);
    for (const auto& file : own.files) baselines.push_back(load(file, device));
    facts.passed_over = own.passed_over;
  } else {
    stages.end();
  }
  const auto leads = runs.front().times.size();
  auto methods = detail::learned_methods(trainings, baselines, leads);
  if (info.task == "map") facts.errors_on_data = detail::errors_on_data(methods.front(), runs, info);
  facts.distance_to_finer = detail::distance_to_finer(runs.front(), finer, info);
  facts.device = surrogate.device();
  facts.trust = detail::trust_facts(surrogate, runs);
  facts.looks = detail::screen_solvers(methods.front(), runs, info, options.resolutions, options.case_file.empty(),
                                        stages, hooks);
  for (const auto& look : facts.looks)
    if (look.dominated_by.empty()) methods.push_back(detail::solver_method(look.configuration, info, leads));
  facts.drift = detail::measure(methods, runs, info, options.rounds, hooks, stages);
  OptionTree report = detail::build_report(options, info, runs, methods, facts);

  detail::write_figure_fields((folder / "report_fields.h5").string(), info, runs, methods, report);
  write_text(folder / "report.md", detail::to_markdown(report));
  write_text(folder / "report.json", to_json(report) + "\n");
  return report;
}

std::vector<std::string> headline(const OptionTree& report) {
  std::vector<std::string> lines;
  for (const auto& line : report.find("headline")->as_array()) lines.push_back(line.as_string());
  return lines;
}

}  // namespace marea
