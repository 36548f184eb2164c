// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/trainer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include <marea/io/case_file.hpp>
#include <marea/io/dataset.hpp>
#include <marea/io/error.hpp>
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
