// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "own_baselines.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <fmt/format.h>

#include <marea/io/dataset.hpp>
#include <marea/io/error.hpp>
#include <marea/surrogate/registry.hpp>
#include <marea/surrogate/trainer.hpp>

namespace marea::detail {
namespace {

/// Whether `folder` holds the runs that the model was trained and validated on, in the same splits.
bool holds_training_runs(const std::string& folder, const ModelInfo& info) {
  DatasetOptions data;
  read_options(data, *info.training.find("data"), "data");
  data.folder = folder;
  try {
    const SplitHashes runs = hash_runs(data);
    return runs.train == info.training_runs && runs.valid == info.validation_runs;
  } catch (const Error&) {  // not there, or other data
    return false;
  }
}

/// The folder of the model's own training runs: that of the evaluation, or the one it was trained from; else empty.
std::string training_folder(const EvaluationOptions& options, const ModelInfo& info) {
  const auto* own = info.training.at_path("data.folder");
  if (!own || info.training_runs.empty()) return {};
  for (const std::string& folder : {options.data, own->as_string()})
    if (holds_training_runs(folder, info)) return folder;
  return {};
}

std::vector<std::string> fitting_models(const ModelInfo& info, const std::vector<std::string>& given) {
  std::vector<std::string> names;
  for (const auto& entry : model_registry()) {
    const bool fits = entry.fit && std::ranges::count(entry.tasks, info.task) > 0;
    if (fits && entry.name != info.name && std::ranges::count(given, entry.name) == 0) names.push_back(entry.name);
  }
  return names;
}

}  // namespace

OwnBaselines train_baselines(const EvaluationOptions& options, const ModelInfo& info,
                             const std::vector<std::string>& given, const EvaluationHooks& hooks, Stages& stages) {
  const auto begun = std::chrono::steady_clock::now();
  OwnBaselines own;
  const auto names = fitting_models(info, given);
  const std::string folder = training_folder(options, info);
  stages.begin("baselines");
  for (std::size_t n = 0; n < names.size(); ++n) {
    stages.at(static_cast<double>(n) / static_cast<double>(names.size()), names[n]);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begun;
    if (folder.empty()) {
      own.passed_over.push_back({names[n], "the runs that the model was trained on are not at hand"});
      continue;
    }
    if (elapsed.count() > options.baseline_seconds) {
      own.passed_over.push_back({names[n], fmt::format("not begun: {:.3g} s for baselines were over",
                                                       options.baseline_seconds)});
      continue;
    }
    if (hooks.stop && hooks.stop()) fail<Stopped>("evaluate", "stopped; the reference runs are kept");
    OptionTree config = info.training;
    config["data"]["folder"] = folder;
    config["model"] = OptionTree::Table{};
    config["model"]["name"] = names[n];
    config["train"]["trust"] = false;
    config["train"]["output"] = (std::filesystem::path(options.output) / "baselines" / (names[n] + ".h5")).string();
    const auto unsuited = [&](const Error& error) { own.passed_over.push_back({names[n], error.what()}); };
    try {
      own.files.push_back(train(config, {.restart = "never"}).model);
    } catch (const ConfigError& error) {
      unsuited(error);
    } catch (const DataError& error) {
      unsuited(error);
    } catch (const NumericalError& error) {
      unsuited(error);
    }
  }
  stages.end();
  return own;
}

}  // namespace marea::detail
