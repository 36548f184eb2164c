// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/trainer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include <omp.h>

#include <marea/io/case_file.hpp>
#include <marea/io/dataset.hpp>
#include <marea/io/error.hpp>
#include <marea/io/file_lock.hpp>
#include <marea/io/progress.hpp>
#include <marea/surrogate/surrogate.hpp>

#include "support/advected_runs.hpp"
#include "support/shared_folder.hpp"

namespace {

using marea::OptionTree;

/// A folder with runs, and trainings on them.
struct Trainings {
  marea::test::SharedFolder folder{"test_trainer"};

  Trainings() {
    marea::set_progress_sink({});
    marea::test::write_advected_runs(folder.file("runs"));
  }

  OptionTree file(const std::string& name) const {
    OptionTree tree = marea::parse_toml(R"(
      data = { inputs = ["u", "sea_mask"], outputs = ["u"] }
      model = { name = "fno", width = 8, modes = [2, 3], layers = 2, projection = 16 }
      normalise = { mask = "sea_mask", residual = true }
      [train]
      epochs = 6
      batch = 3
      learning_rate = 1e-2
      optimiser = "adamw"
      weight_decay = 1e-4
      warmup = 1
      rollout = [1, 2]
      ema = 0.9
      gradient_clip = 1.0
      threads = 1
    )", "test");
    tree["data"]["folder"] = folder.file("runs");
    tree["train"]["output"] = folder.file(name + ".h5");
    return tree;
  }
};

/// Stops at the n-th question.
marea::TrainingHooks stop_after(int n) {
  return {.stop = [n, asked = 0]() mutable { return ++asked >= n; }};
}

bool same_bits(const marea::ModelFile& a, const marea::ModelFile& b) {
  return std::ranges::equal(a.weights, b.weights, [](const auto& x, const auto& y) {
    return x.first == y.first && std::ranges::equal(x.second.template values<float>(), y.second.template values<float>());
  });
}

/// Squares of error and of truth at sea after each step of each rollout on the runs of one split, windows end to end.
/// The inputs are `history` states of u and the mask, whose last row of four is land.
std::vector<std::vector<std::array<double, 2>>> rollout_squares(const std::string& model, const OptionTree& file,
                                                                const std::string& split, int steps, int history) {
  constexpr std::ptrdiff_t cells = 4 * 16, sea = 3 * 16;
  marea::DatasetOptions options;
  marea::read_options(options, *file.find("data"), "data");
  const marea::Dataset data(options, split);
  const auto surrogate = marea::Surrogate::load(model);
  marea::HostArray in(marea::DType::f32, {history + 1, 4, 16}), out(marea::DType::f32, {steps, 1, 4, 16});
  marea::HostArray predicted(marea::DType::f32, {1, 4, 16});
  std::vector<std::vector<std::array<double, 2>>> all;
  for (const std::int64_t sample : data.rollout_samples(steps)) {
    if (split == "valid" && (data.step_of(sample) - (history - 1)) % steps != 0) continue;
    data.read_rollout(sample, in.ref(), out.ref());
    all.emplace_back();
    for (std::ptrdiff_t step = 0; step < steps; ++step) {
      surrogate.predict(in.ref(), predicted.ref());
      auto& [error, size] = all.back().emplace_back();
      const auto p = predicted.values<float>(), state = in.values<float>();
      for (std::ptrdiff_t i = 0; i < sea; ++i) {
        const double t = out.values<float>()[step * cells + i], e = p[i] - t;
        error += e * e;
        size += t * t;
      }
      std::copy(state.begin() + cells, state.begin() + history * cells, state.begin());
      std::ranges::copy(p, state.begin() + (history - 1) * cells);
    }
  }
  return all;
}

}  // namespace

TEST_CASE("a small training beats persistence on held-out runs") {
  const Trainings t;
  OptionTree file = t.file("net");
  file["train"]["epochs"] = 25;
  int epochs = 0;
  const auto result = marea::train(file, {.on_epoch = [&](const marea::TrainingEpoch& e) { epochs = e.epoch; }});

  const marea::Dataset test({.folder = t.folder.file("runs"), .inputs = {"u", "sea_mask"}, .outputs = {"u"}}, "test");
  const auto model = marea::Surrogate::load(result.model);
  OptionTree still = t.file("still");
  still["model"] = OptionTree::Table{{"name", "persistence"}};
  const double persistence = marea::test::test_error(marea::Surrogate::load(marea::train(still).model), test);
  CHECK(marea::test::test_error(model, test) < 0.5 * persistence);
  CHECK(epochs == 25);
  CHECK(result.curve.size() == 25);
  CHECK(result.best_error == result.curve[result.best_epoch - 1][2]);
  CHECK(std::filesystem::exists(t.folder.file("net.csv")));
  CHECK(std::filesystem::exists(t.folder.file("net.last.h5")));
  CHECK_FALSE(std::filesystem::exists(t.folder.file("net.checkpoint.h5")));

  const marea::ModelInfo& info = model.info();
  CHECK(info.training_hashes.size() == info.training_files.size());
  CHECK(info.input_statistics[0].maximum > 1);
  CHECK(info.card.find("energy_method") != nullptr);
  CHECK(info.card.find("seconds")->as_double() > 0);
  const auto increment = std::ranges::find(info.envelope, "u.largest_increment", [](const auto& e) { return e.first; });
  REQUIRE(increment != info.envelope.end());
  CHECK(increment->second > 0);
}

TEST_CASE("the validation error is that of the model in the file, rolled out from a history of states") {
  const Trainings t;
  for (const int history : {1, 2}) {
    OptionTree file = t.file("validated" + std::to_string(history));
    file["data"]["history"] = history;
    file["normalise"]["amplitude_of"] = "u";
    file["normalise"]["amplitude_scaled"] = OptionTree::Array{"u"};
    const auto result = marea::train(file);

    double sum = 0;
    const auto rollouts = rollout_squares(result.model, file, "valid", 2, history);
    for (const auto& r : rollouts) sum += std::sqrt((r[0][0] + r[1][0]) / (r[0][1] + r[1][1]));
    CHECK(result.best_error == doctest::Approx(sum / static_cast<double>(rollouts.size())).epsilon(1e-5));
  }
}

TEST_CASE("the loss of unrolled steps is that of the network on its own states, the oldest state leaving") {
  const Trainings t;
  for (const int history : {1, 2}) {
    OptionTree file = t.file("unrolled" + std::to_string(history));
    file["data"]["history"] = history;
    // One output without increments: the scales of the network's units leave the quotient of the loss.
    file["normalise"] = OptionTree::Table{
        {"amplitude_of", "u"}, {"amplitude_scaled", OptionTree::Array{"u"}}, {"mask", "sea_mask"}};
    file["train"]["epochs"] = 1;
    file["train"]["rollout"] = OptionTree::Array{3};
    file["train"]["learning_rate"] = 1e-30;  // below the round-off of every weight: the loss is of the weights written
    file["train"]["weight_decay"] = 0;
    file["train"]["ema"] = 0;
    const auto result = marea::train(file);

    double sum = 0;
    const auto rollouts = rollout_squares(result.model, file, "train", 3, history);
    for (const auto& r : rollouts)
      for (const auto& [error, size] : r) sum += std::sqrt(error / size) / 3;
    CHECK(result.curve[0][1] == doctest::Approx(sum / static_cast<double>(rollouts.size())).epsilon(1e-5));
  }
}

TEST_CASE("a training gives the threads of the process back") {
  const Trainings t;
  omp_set_num_threads(3);
  OptionTree file = t.file("threads");
  file["train"]["epochs"] = 1;
  marea::train(file);
  CHECK(omp_get_max_threads() == 3);
  CHECK_THROWS_AS(marea::train(t.file("stopped"), stop_after(1)), marea::Stopped);
  CHECK(omp_get_max_threads() == 3);
  omp_set_num_threads(1);
}

TEST_CASE("a training stopped at any batch goes on to the same bits") {
  const Trainings t;
  const auto whole = marea::train(t.file("whole"));
  for (const int batches : {2, 9, 13}) {  // in the first epoch, in the middle, and after rollouts rose
    const OptionTree file = t.file("parts" + std::to_string(batches));
    CHECK_THROWS_AS(marea::train(file, stop_after(batches)), marea::Stopped);
    CHECK(std::filesystem::exists(t.folder.file("parts" + std::to_string(batches) + ".checkpoint.h5")));
    const auto resumed = marea::train(file);

    CHECK(same_bits(marea::read_model_file(resumed.model), marea::read_model_file(whole.model)));
    const std::string last = t.folder.file("parts" + std::to_string(batches) + ".last.h5");
    CHECK(same_bits(marea::read_model_file(last), marea::read_model_file(t.folder.file("whole.last.h5"))));
    REQUIRE(resumed.curve.size() == whole.curve.size());
    for (std::size_t row = 0; row < whole.curve.size(); ++row)
      for (std::size_t column = 0; column < 5; ++column) CHECK(resumed.curve[row][column] == whole.curve[row][column]);
  }
}

TEST_CASE("a finished training is not repeated, and another one does not overwrite it") {
  const Trainings t;
  OptionTree file = t.file("once");
  file["train"]["epochs"] = 2;
  const auto first = marea::train(file);
  const std::string bytes = marea::test::bytes_of(first.model);

  const auto again = marea::train(file);
  CHECK(again.already_done);
  CHECK(again.best_error == first.best_error);
  CHECK(marea::test::bytes_of(first.model) == bytes);

  file["train"]["epochs"] = 3;
  try {
    marea::train(file);
    FAIL("another configuration must be refused");
  } catch (const marea::ConfigError& error) {
    CHECK(std::string(error.what()).find("train.epochs differs") != std::string::npos);
  }
  CHECK_FALSE(marea::train(file, {.restart = "never"}).already_done);

  marea::test::write_advected_runs(t.folder.file("runs"), 8, 6);
  CHECK_THROWS_AS(marea::train(file), marea::ConfigError);
}

TEST_CASE("a training that another process has in hand is refused") {
  Trainings t;
  {
    const marea::FileLock other(t.folder.file("held.lock"));
    CHECK_THROWS_WITH_AS(marea::train(t.file("held")), doctest::Contains("is in use by"), marea::IoError);
    CHECK_FALSE(std::filesystem::exists(t.folder.file("held.h5")));
  }
  CHECK_NOTHROW(marea::train(t.file("held")));
  CHECK_FALSE(std::filesystem::exists(t.folder.file("held.lock")));
}

TEST_CASE("a loss that is not finite stops the training with its place") {
  const Trainings t;
  OptionTree file = t.file("wild");
  file["train"]["learning_rate"] = 1e30;
  file["train"]["warmup"] = 0;
  try {
    marea::train(file);
    FAIL("the training must diverge");
  } catch (const marea::NumericalError& error) {
    const std::string text = error.what();
    CHECK(text.find("epoch 1, batch 2") != std::string::npos);
    CHECK(text.find("checkpoint") != std::string::npos);
  }
}

TEST_CASE("a training without progress stops early") {
  const Trainings t;
  OptionTree file = t.file("early");
  file["train"]["learning_rate"] = 1e-30;  // below the round-off of every weight
  file["train"]["weight_decay"] = 0;
  file["train"]["early_stopping"] = 2;
  const auto result = marea::train(file);

  CHECK(result.epochs == 3);
  CHECK(result.best_epoch == 1);
}

TEST_CASE("bad training files are refused with the reason") {
  const Trainings t;
  OptionTree file = t.file("bad");
  file["train"]["validation_rollout"] = 9;
  CHECK_THROWS_AS(marea::train(file), marea::ConfigError);
  file = t.file("bad");
  file["train"]["epoch"] = 3;
  CHECK_THROWS_AS(marea::train(file), marea::ConfigError);
  file = t.file("bad");
  file["solver"]["name"] = "advection";
  CHECK_THROWS_AS(marea::train(file), marea::ConfigError);
  file = t.file("bad");
  file["data"]["task"] = "map";
  file["data"]["outputs"] = OptionTree::Array{"max_u"};
  file["normalise"] = OptionTree();
  CHECK_THROWS_AS(marea::train(file), marea::ConfigError);  // rollout = [1, 2] of a map
}
