// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <marea/io/options.hpp>

namespace marea {

/// The `[train]` table of a training file. Classical models use rollout and validation_rollout for
/// their error, batch, output and the texts of the card.
struct TrainOptions {
  int epochs = 60;
  int batch = 16;
  double learning_rate = 1e-3;
  std::string optimiser = "adam";
  double weight_decay = 0;
  std::string schedule = "cosine";
  int warmup = 0;                       ///< epochs
  std::string loss = "relative_l2";
  std::vector<int> rollout{1};
  double gradient_clip = 0;             ///< 0: off
  double ema = 0;                       ///< 0: off
  int early_stopping = 0;               ///< 0: off
  int validation_rollout = 0;           ///< 0: the largest of `rollout`
  int seed = 1;
  int seeds = 1;                        ///< trainings that differ by their seed alone: seed, seed + 1, …
  bool trust = true;                    ///< calibrates the judgement of inputs and the error band
  int checkpoint_every = 1;             ///< epochs
  int threads = 0;                      ///< 0: as the process has
  std::string output = "model.h5";
  std::string licence = "unspecified";
  std::string intended_use;
};
template <class Visitor> void visit(Visitor&& v, TrainOptions& o) {
  v("epochs", o.epochs, {"passes over the training samples", "", at_least(1)});
  v("batch", o.batch, {"samples a step of the optimiser", "", at_least(1)});
  v("learning_rate", o.learning_rate, {"largest learning rate", "", positive()});
  v("optimiser", o.optimiser, {"adam; adamw: weight decay apart from the gradient", "", one_of({"adam", "adamw"})});
  v("weight_decay", o.weight_decay, {"weight decay", "", at_least(0)});
  v("schedule", o.schedule, {"cosine: to zero; step: halved at 1/2, 3/4 and 7/8 of the training; constant", "",
                             one_of({"cosine", "step", "constant"})});
  v("warmup", o.warmup, {"epochs in which the learning rate rises linearly", "", at_least(0)});
  v("loss", o.loss, {"relative_l2, mse, or h1: relative, with gradients", "", one_of({"relative_l2", "mse", "h1"})});
  v("rollout", o.rollout, {"steps unrolled in training, raised in equal parts of the epochs", "", at_least(1)});
  v("gradient_clip", o.gradient_clip, {"largest norm of the gradient, 0: off", "", at_least(0)});
  v("ema", o.ema, {"decay of the running mean of the weights, 0: off", "", between(0, 1, Ends::closed_open)});
  v("early_stopping", o.early_stopping, {"epochs without a better validation error before the end, 0: off", "", at_least(0)});
  v("validation_rollout", o.validation_rollout, {"steps of a validation rollout, 0: the largest of rollout", "", at_least(0)});
  v("seed", o.seed, {"of the initial weights and the order of samples", "", at_least(0)});
  v("seeds", o.seeds, {"networks trained, with seed, seed + 1, …: the report holds the luck of training", "", at_least(1)});
  v("trust", o.trust, {"calibrate on the validation runs how inputs are judged and how wide the error band is"});
  v("checkpoint_every", o.checkpoint_every, {"epochs between checkpoints", "", at_least(1)});
  v("threads", o.threads, {"threads of LibTorch, 0: as the process has; other counts give other round-off", "", at_least(0)});
  v("output", o.output, {"model file; checkpoint and curve stand beside it"});
  v("licence", o.licence, {"licence of the model, for its card"});
  v("intended_use", o.intended_use, {"what the model is for, for its card"});
}

/// One epoch, as it ends.
struct TrainingEpoch {
  int epoch = 0, epochs = 0;            ///< epoch counts from 1
  double train_loss = 0;                ///< mean over the epoch's samples
  double valid_error = 0;               ///< relative L2 of validation rollouts, weights averaged when ema > 0
  double best_error = 0;
  double learning_rate = 0;             ///< at the end of the epoch
  int rollout = 1;
  double samples_per_second = 0, seconds = 0, remaining = 0;  ///< seconds since the training began; estimated [s]
};

struct TrainingHooks {
  std::function<bool()> stop;           ///< asked after each batch; true: write a checkpoint and throw Stopped
  std::function<void(const TrainingEpoch&)> on_epoch;
  std::string restart = "auto";         ///< auto: go on from a checkpoint where there is one · never · a checkpoint file
};

struct TrainingResult {
  std::string model;                    ///< the model file: the weights with the least validation error
  bool already_done = false;            ///< the same training was finished before; nothing was done
  int epochs = 0, best_epoch = 0;       ///< done; counted from 1, 0 for a classical model
  double best_error = 0;                ///< validation error of the model
  double seconds = 0, energy = 0;       ///< of the whole training [s], [J]
  std::vector<std::string> curve_columns;
  std::vector<std::vector<double>> curve;
};

/// Trains a network or fits a classical model: tables [data], [model], [normalise] and [train].
///
/// Writes `output` (best), and for networks `<output stem>.last.h5`, `.csv` (the curve) and, until it is finished,
/// `.checkpoint.h5`. Killed or stopped anywhere, the same call goes on where the checkpoint was written, and with the
/// same thread count ends in the same bits as an uninterrupted training. A finished training is not repeated.
/// With `seeds` > 1 a network is trained so many times, into the files of `model_files`, and the result is the first's.
/// Throws ConfigError (also when `output` comes from another configuration or from data that changed since), IoError,
/// DataError, Stopped, and NumericalError when the loss is not finite.
TrainingResult train(const OptionTree& training_file, const TrainingHooks& hooks = {});

/// The model files of a training of so many seeds: "map.h5", "map.seed2.h5", "map.seed3.h5".
std::vector<std::string> model_files(const std::string& output, int seeds);

/// The tables of a training file, each checked, with every default written out. Throws ConfigError.
OptionTree resolve_training(const OptionTree& training_file);

}  // namespace marea
