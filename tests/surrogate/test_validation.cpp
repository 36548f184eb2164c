// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include <marea/io/error.hpp>

#include "support/small_model.hpp"
#include "training/validation.hpp"

using namespace marea;

TEST_CASE("the next input holds the newer states, the prediction and what stays") {
  ModelInfo info;
  info.input_channels = {"sea_mask", "eta", "eta", "eta", "velocity_x", "velocity_y"};
  info.output_channels = {"speed", "velocity_y", "eta"};

  CHECK(detail::next_input_sources(info) == std::vector<std::int64_t>{0, 2, 3, 6 + 2, 4, 6 + 1});
}

TEST_CASE("a rollout of a model that lacks a changing input among its outputs is refused") {
  ModelInfo info = test::small_model("fno", {}, {4, 4});  // eta and velocity to eta
  info.inputs[0].role = info.inputs[1].role = FieldRole::derived;

  CHECK_NOTHROW(detail::require_rollout(info, 1));
  CHECK_THROWS_WITH_AS(detail::require_rollout(info, 2),
                       "train: rollout = 2 needs the input 'velocity', which changes in time, among the outputs; "
                       "add it or take rollout = [1]",
                       ConfigError);
  info.inputs[1].role = FieldRole::fixed;
  CHECK_NOTHROW(detail::require_rollout(info, 2));
}
