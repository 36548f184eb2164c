// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cstdio>
#include <memory>

#include <mpi.h>

#include <marea/io/stop_signal.hpp>
#ifdef MAREA_HAS_SURROGATE
#include <marea/io/dataset.hpp>
#include <marea/surrogate/trainer.hpp>
#endif

#include "command.hpp"
#include "memory.hpp"

namespace marea::cli {
namespace {

#ifdef MAREA_HAS_SURROGATE
std::string text(const char* form, double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, form, value);
  return buffer;
}

std::string shape_text(const std::vector<std::int64_t>& extents) {
  std::string out;
  for (const std::int64_t n : extents) out += (out.empty() ? "" : " x ") + std::to_string(n);
  return out;
}

OptionTree epoch_tree(const TrainingEpoch& e) {
  OptionTree out;
  out["epoch"] = e.epoch;
  out["epochs"] = e.epochs;
  out["train_loss"] = e.train_loss;
  out["valid_error"] = e.valid_error;
  out["best_error"] = e.best_error;
  out["learning_rate"] = e.learning_rate;
  out["rollout"] = e.rollout;
  out["samples_per_second"] = e.samples_per_second;
  out["seconds"] = e.seconds;
  out["remaining_seconds"] = e.remaining;
  return out;
}

/// Bytes of a batch: inputs and outputs, single precision.
double batch_bytes(const ModelInfo& info, int batch) {
  double bytes = 4.0 * batch * static_cast<double>(info.input_channels.size() + info.output_channels.size());
  for (const std::int64_t n : info.extents) bytes *= static_cast<double>(n);
  return bytes;
}

int dry_run_training(const OptionTree& resolved, const Console& console) {
  DatasetOptions data;
  TrainOptions train;
  read_options(data, *resolved.find("data"), "data");
  read_options(train, *resolved.find("train"), "train");
  const Dataset training(data, "train"), valid(data, "valid");
  hash_runs(data);  // refuses one run in two splits
  const std::string model = resolved.at_path("model.name")->as_string();
  const double bytes = batch_bytes(training.info(), train.batch);
  OptionTree plan;
  plan["model"] = model;
  plan["runs"] = static_cast<std::int64_t>(training.runs().size());
  plan["samples"] = training.size();
  plan["validation_runs"] = static_cast<std::int64_t>(valid.runs().size());
  plan["epochs"] = train.epochs;
  plan["batch_bytes"] = bytes;
  plan["memory_available_bytes"] = available_bytes();
  plan["output"] = train.output;
  plan["configuration"] = resolved;
  console.event("plan", plan);
  console.say("The training file is right. It would train");
  console.say("  model    " + model + " on " + shape_text(training.info().extents) + " cells");
  console.say("  samples  " + std::to_string(training.size()) + " from " + std::to_string(training.runs().size()) +
              " runs, validated on " + std::to_string(valid.runs().size()) + " runs");
  console.say("  epochs   " + std::to_string(train.epochs) + " of batches of " + std::to_string(train.batch));
  console.say("  memory   " + bytes_text(bytes) + " a batch before the network; " + bytes_text(available_bytes()) +
              " are free");
  console.say("  output   " + train.output);
  return exit_done;
}

int train_here(const CaseArguments& arguments, const OptionTree& training_file, const Console& console) {
  if (arguments.dry_run) return dry_run_training(resolve_training(training_file), console);
  TrainingHooks hooks;
  hooks.stop = StopSignal::requested;
  hooks.restart = arguments.restart;
  hooks.on_epoch = [&](const TrainingEpoch& e) { console.event("epoch", epoch_tree(e)); };
  const TrainingResult result = train(training_file, hooks);
  OptionTree values;
  values["model"] = result.model;
  values["already_done"] = result.already_done;
  values["epochs"] = result.epochs;
  values["best_epoch"] = result.best_epoch;
  values["best_error"] = result.best_error;
  values["seconds"] = result.seconds;
  values["energy_joule"] = result.energy;
  console.event("finished", values);
  console.say(result.model + (result.already_done ? ": already trained" : ": trained") + ", validation error " +
              text("%.3g", result.best_error) +
              (result.best_epoch > 0 ? " at epoch " + std::to_string(result.best_epoch) : "") + ", " +
              text("%.3g", result.seconds) + " s");
  return exit_done;
}
#endif

int train_file(const CaseArguments& arguments, int seeds, const Console& console) {
  OptionTree training_file = arguments.read();
  if (seeds > 0) training_file.set_path("train.seeds", seeds);
#ifdef MAREA_HAS_SURROGATE
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  // Training runs in one process; on more ranks the others wait for its end.
  return rank == 0 ? train_here(arguments, training_file, console) : exit_done;
#else
  fail_not_built("train");
#endif
}

}  // namespace

Command add_train(CLI::App& program) {
  CLI::App* app = program.add_subcommand("train", "Train a surrogate: snapshot files -> model file");
  const auto arguments = std::make_shared<CaseArguments>();
  arguments->add_to(*app, "Training file (TOML)");
  const auto seeds = std::make_shared<int>(0);
  app->add_option("--seeds", *seeds, "Networks to train, with train.seed, train.seed + 1, …; evaluate takes them all")
      ->check(CLI::PositiveNumber);
  app->footer(
      "Examples:\n"
      "  marea train step.toml\n"
      "  marea train step.toml --dry-run\n"
      "  marea train step.toml --seeds 3\n"
      "  marea train step.toml -o train.epochs=5 -o train.output=models/trial.h5");
  return {app, Needs::compute,
          [arguments, seeds](const Console& console) { return train_file(*arguments, *seeds, console); }};
}

}  // namespace marea::cli
