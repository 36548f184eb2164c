// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <set>

#include <marea/io/dataset.hpp>
#include <marea/io/error.hpp>
#include <marea/io/file_lock.hpp>
#include <marea/io/log.hpp>
#include <marea/io/snapshot_reader.hpp>
#include <marea/surrogate/normaliser.hpp>
#include <marea/surrogate/registry.hpp>
#include <marea/surrogate/trainer.hpp>

#include "../trust/band_data.hpp"
#include "../trust/trust_data.hpp"
#include "energy_meter.hpp"
#include "train_network.hpp"
#include "validation.hpp"

namespace marea {
namespace {

const std::vector<std::string> tables{"data", "model", "normalise", "train"};

template <class Options> Options table_of(const OptionTree& file, const char* name) {
  Options options;
  if (const OptionTree* table = file.find(name)) read_options(options, *table, name);
  return options;
}

/// Without what may change between two calls of the same training.
OptionTree comparable(OptionTree config) {
  OptionTree::Table& entries = config["train"].as_table();
  std::erase_if(entries, [](const auto& e) {
    return e.first == "threads" || e.first == "checkpoint_every" || e.first == "output" || e.first == "seeds";
  });
  return config;
}

/// "train.epochs" for the first entry that differs.
std::string first_difference(const OptionTree& a, const OptionTree& b, const std::string& path = "") {
  if (!a.is_table() || !b.is_table()) return path;
  for (const auto* tree : {&a, &b})
    for (const auto& [key, unused] : tree->as_table()) {
      const OptionTree *left = a.find(key), *right = b.find(key);
      const std::string here = path.empty() ? key : path + "." + key;
      if (left == nullptr || right == nullptr) return here;
      if (!(*left == *right)) return first_difference(*left, *right, here);
    }
  return path;
}

/// Throws ConfigError unless the file at `path` belongs to this training.
void require_same_training(const std::string& path, const ModelInfo& held, const OptionTree& config,
                           const std::vector<std::string>& hashes, const SplitHashes& runs) {
  const std::string remedy = "; remove it, give another train.output, or start again with --restart never";
  const OptionTree mine = comparable(config), theirs = comparable(held.training);
  if (!(mine == theirs))
    fail<ConfigError>(path, "comes from another configuration, ", first_difference(theirs, mine), " differs", remedy);
  if (held.training_hashes != hashes || held.validation_runs != runs.valid)
    fail<ConfigError>(path, "comes from other data: files of ", config.at_path("data.folder")->as_string(), " changed", remedy);
}

/// Where a training writes.
struct Paths {
  explicit Paths(const std::string& output) : model(output) {
    std::filesystem::path stem(output);
    if (stem.extension() == ".h5" || stem.extension() == ".hdf5") stem.replace_extension();
    last = stem.string() + ".last.h5";
    checkpoint = stem.string() + ".checkpoint.h5";
    curve = stem.string() + ".csv";
    lock = stem.string() + ".lock";
    if (!stem.parent_path().empty()) {
      std::error_code error;
      std::filesystem::create_directories(stem.parent_path(), error);
      if (error) fail<IoError>(stem.parent_path().string(), "cannot be made: ", error.message());
    }
  }
  std::string model, last, checkpoint, curve, lock;
};

/// Throws ConfigError where something else stands in the place of a file that a training writes.
void require_own_files(const Paths& paths) {
  namespace fs = std::filesystem;
  const auto refuse = [](const std::string& path, const std::string& why) {
    fail<ConfigError>(path, "was not written by a training and is not overwritten", why,
                      "; remove it, or give another train.output");
  };
  for (const std::string& path : {paths.model, paths.last, paths.checkpoint}) {
    if (!fs::exists(path)) continue;
    try {
      read_model_info(path);
    } catch (const DataError& error) {
      refuse(path, std::string(" (") + error.what() + ")");
    }
  }
  std::ifstream curve(paths.curve);
  std::string titles;
  if (curve && (!std::getline(curve, titles) || !titles.starts_with(detail::curve_columns.front() + ",")))
    refuse(paths.curve, "");
}

/// Throws ConfigError where the model of `[model]` cannot learn that task.
void require_task(const OptionTree& config, const std::string& task) {
  const OptionTree& name = *config.at_path("model.name");
  const auto& tasks = find_model(name.as_string()).tasks;
  if (std::ranges::find(tasks, task) == tasks.end())
    fail<ConfigError>("train", "model '", name.as_string(), "' learns tasks of the kind ", tasks.front(), ", but data.task = \"",
                      task, "\"; give the other task or another model (marea list models)");
}

OptionTree card_of(const TrainOptions& options, const ModelInfo& info, const Dataset& train, double error) {
  OptionTree card;
  card["intended_use"] = options.intended_use.empty()
                             ? "Predictions of " + info.task + " task on states like the training data's"
                             : options.intended_use;
  card["limits"] = "Valid on grid, boundaries, interval and value ranges of the training data (see extents and envelope); "
                   "outside them errors are not known";
  card["data"] = std::to_string(train.runs().size()) + " runs, " + std::to_string(train.size()) + " samples of " +
                 info.training.at_path("data.folder")->as_string();
  card["licence"] = options.licence;
  card["validation_error"] = error;
  return card;
}

/// What the solver took for the runs of these data sets, as their files say; nothing where one does not.
void add_data_cost(OptionTree& card, std::initializer_list<const Dataset*> sets) {
  RunCost total;
  std::set<std::string> files;
  for (const Dataset* data : sets)
    for (const Run& run : data->runs()) files.insert(run.file);
  for (const std::string& file : files) {
    const auto cost = SnapshotReader(file).cost();
    if (!cost) return;
    total.wall_seconds += cost->wall_seconds;
    total.cpu_seconds += cost->cpu_seconds;
  }
  card["data_seconds"] = total.wall_seconds;
  card["data_cpu_seconds"] = total.cpu_seconds;
}

void write_model(const std::string& path, ModelFile model, const Dataset& train) {
  std::vector<std::int64_t> in{1, std::ssize(model.info.input_channels)}, out{1, std::ssize(model.info.output_channels)};
  for (std::int64_t n : model.info.extents) {
    in.push_back(n);
    out.push_back(n);
  }
  const HostArray input(DType::f32, in), output(DType::f32, out);
  train.read(0, input.ref()[0], output.ref()[0]);
  make_surrogate(model).predict(input.ref(), output.ref());
  model.golden_input = input;
  model.golden_output = output;
  write_model_file(path, model);
}

TrainingResult finished_before(const Paths& paths) {
  const ModelFile model = read_model_file(paths.model);
  log_info(paths.model, " is trained already; --restart never starts again");
  TrainingResult result{.model = paths.model, .already_done = true, .epochs = static_cast<int>(model.curve.size())};
  const auto number = [&](const char* key) {
    const OptionTree* value = model.info.card.find(key);
    return value ? value->as_double() : 0;
  };
  result.best_error = number("validation_error");
  result.best_epoch = static_cast<int>(number("best_epoch"));
  result.seconds = number("seconds");
  result.energy = number("energy");
  result.curve_columns = model.curve_columns;
  result.curve = model.curve;
  return result;
}

}  // namespace

OptionTree resolve_training(const OptionTree& file) {
  for (const auto& [key, value] : file.as_table())
    if (std::ranges::find(tables, key) == tables.end())
      fail<ConfigError>(value.where(), "unknown table of a training file; known: data, model, normalise, train");
  const OptionTree* model = file.find("model");
  if (model == nullptr) fail<ConfigError>("train", "the table [model] is missing");
  const auto options = table_of<TrainOptions>(file, "train");
  if (options.rollout.empty()) fail<ConfigError>("train", "rollout = [] must hold at least one number of steps");
  if (std::filesystem::path(options.output).stem().empty())
    fail<ConfigError>("train", "output = \"", options.output, "\" must name a model file, such as models/step.h5");
  OptionTree config;
  config["data"] = write_options(table_of<DatasetOptions>(file, "data"));
  config["model"] = resolve_model(*model);
  config["normalise"] = write_options(table_of<NormaliserOptions>(file, "normalise"));
  config["train"] = write_options(options);
  return config;
}

namespace {

/// Models take the cells of an axis for equally wide.
void warn_of_uneven_cells(const ModelInfo& info) {
  for (std::size_t axis = 0; axis < info.centres.size(); ++axis) {
    const std::vector<double>& x = info.centres[axis];
    const double mean = x.size() < 3 ? 0 : (x.back() - x.front()) / static_cast<double>(x.size() - 1);
    double worst = 0;
    for (std::size_t i = 1; mean != 0 && i < x.size(); ++i) worst = std::max(worst, std::abs((x[i] - x[i - 1]) / mean - 1));
    if (worst > 0.01)
      log_warning("data: the cells of axis ", info.axis_names[axis], " are not equally wide, by up to ",
                  std::round(100 * worst), " % of their mean, and the model takes them as if they were");
  }
}

/// One model into `train.output` of a resolved configuration.
TrainingResult train_one(const OptionTree& config, const TrainingHooks& hooks) {
  namespace fs = std::filesystem;
  const auto begun = std::chrono::steady_clock::now();
  detail::EnergyMeter meter;
  const auto options = table_of<TrainOptions>(config, "train");
  const auto data = table_of<DatasetOptions>(config, "data");
  require_task(config, data.task);
  const Dataset samples(data, "train");
  warn_of_uneven_cells(samples.info());
  const std::vector<std::string> hashes = samples.hashes();
  const SplitHashes runs = hash_runs(data);
  const Paths paths(options.output);

  if (hooks.restart == "auto" && fs::exists(paths.model)) {
    require_same_training(paths.model, read_model_info(paths.model), config, hashes, runs);
    std::error_code none;
    fs::remove(paths.checkpoint, none);
    return finished_before(paths);
  }
  FileLock lock(paths.lock);  // nobody else writes these files meanwhile
  lock.remove_at_end();
  require_own_files(paths);
  if (hooks.restart == "auto" && fs::exists(paths.last))
    require_same_training(paths.last, read_model_info(paths.last), config, hashes, runs);

  ModelFile model;
  detail::TrainingState state;
  const std::string resume = hooks.restart == "auto" ? paths.checkpoint : hooks.restart == "never" ? "" : hooks.restart;
  if (!resume.empty() && (hooks.restart != "auto" || fs::exists(resume))) {
    state = detail::read_training_state(resume, model.info);
    require_same_training(resume, model.info, config, hashes, runs);
    log_info("training goes on from ", resume, ", epoch ", state.epoch + 1);
  } else {
    model.info = samples.info();
    model.info.options = *config.find("model");
    model.info.name = model.info.options["name"].as_string();
    model.info.normaliser = *config.find("normalise");
    model.info.training = config;
    model.info.training_hashes = hashes;
    model.info.training_runs = runs.train;
    model.info.validation_runs = runs.valid;
    model.info.training_states = runs.train_states;
    model.info.validation_states = runs.valid_states;
    detail::measure_training_data(samples, model.info);
  }

  const ModelEntry& entry = find_model(model.info.name);
  const Dataset valid(data, "valid");
  if (const std::string mask = table_of<NormaliserOptions>(config, "normalise").mask; !mask.empty())
    for (const Dataset* runs_of : {&samples, &valid}) runs_of->require_mask(mask);
  TrainingResult result{.model = paths.model};
  ModelFile last;
  if (entry.fit) {
    const detail::Validation validation(options, model.info, valid);
    model.weights = entry.fit(samples, valid, model.info);
    state.best_error = validation.error(make_surrogate(model));
    state.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    state.energy = meter.joules();
  } else {
    auto trained = detail::train_network(options, model.info, samples, valid, std::move(state), paths.checkpoint,
                                         paths.curve, hooks);
    state = std::move(trained.state);
    model.weights = std::move(trained.best);
    last.weights = std::move(trained.last);
    model.curve_columns = detail::curve_columns;
    model.curve = state.curve;
  }
  model.info.card = card_of(options, model.info, samples, state.best_error);
  model.info.card["best_epoch"] = state.best_epoch;
  model.info.card["seconds"] = state.seconds;
  model.info.card["energy"] = state.energy;
  model.info.card["energy_method"] = meter.method();
  add_data_cost(model.info.card, {&samples, &valid});

  if (options.trust) {
    model.trust = detail::measure_trust(samples, valid, model.info);
    model.band = detail::measure_band(make_surrogate(model), samples, valid);
  }

  if (!last.weights.empty()) {
    std::swap(model.weights, last.weights);
    write_model(paths.last, model, samples);
    std::swap(model.weights, last.weights);
  }
  write_model(paths.model, model, samples);
  std::error_code none;
  fs::remove(paths.checkpoint, none);

  result.epochs = state.epoch;
  result.best_epoch = state.best_epoch;
  result.best_error = state.best_error;
  result.seconds = state.seconds;
  result.energy = state.energy;
  result.curve_columns = model.curve_columns;
  result.curve = std::move(model.curve);
  return result;
}

}  // namespace

std::vector<std::string> model_files(const std::string& output, int seeds) {
  const std::filesystem::path path(output);
  std::vector<std::string> files{output};
  for (int n = 2; n <= seeds; ++n) {
    std::filesystem::path other = path;
    other.replace_filename(path.stem().string() + ".seed" + std::to_string(n) + path.extension().string());
    files.push_back(other.string());
  }
  return files;
}

TrainingResult train(const OptionTree& training_file, const TrainingHooks& hooks) {
  const OptionTree config = resolve_training(training_file);
  const auto options = table_of<TrainOptions>(config, "train");
  if (options.seeds == 1 || find_model(config.at_path("model.name")->as_string()).fit) return train_one(config, hooks);
  if (hooks.restart != "auto" && hooks.restart != "never")
    fail<ConfigError>("restart", "= '", hooks.restart, "' must be auto or never for a training with several seeds");
  std::vector<TrainingResult> results;
  for (const std::string& file : model_files(options.output, options.seeds)) {
    OptionTree one = config;
    one["train"]["seed"] = options.seed + static_cast<int>(results.size());
    one["train"]["output"] = file;
    results.push_back(train_one(one, hooks));
  }
  return results.front();
}

}  // namespace marea
