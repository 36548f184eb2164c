// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>

#include "support/baselines.hpp"

namespace {

using marea::test::map_task;
using marea::test::step_task;

struct Runs : marea::test::Baselines {
  Runs() : Baselines("test_linear_models") {}

  marea::HostArray weight(const std::string& name) const {
    for (auto& [held, array] : marea::read_model_file(folder.file("model.h5")).weights)
      if (held == name) return array;
    FAIL("no weight " << name);
    return {};
  }
};

}  // namespace

TEST_CASE("linear, dmd and pod_rbf are exact for a linear problem of few modes") {
  const Runs runs;
  const auto test = runs.data("test");
  for (const char* model :
       {"name = 'linear'", "name = 'dmd'", "name = 'dmd', about = 'mean'", "name = 'pod_rbf'",
        "name = 'pod_rbf', kernel = 'cubic', smoothing = [0]", "name = 'pod_rbf', kernel = 'linear'"})
    for (const char* normalise : {"", "normalise = { residual = true, mask = 'sea_mask' }\n"}) {
      CAPTURE(model);
      CAPTURE(normalise);
      CHECK(marea::test::test_error(runs.fit(step_task + normalise + "model = { " + model + " }\n"), test) < 2e-5);
    }
}

TEST_CASE("a large penalty draws linear to the mean") {
  const Runs runs;
  const auto error = [&](const std::string& ridge) {
    return marea::test::test_error(runs.fit(step_task + "model = { name = 'linear', ridge = [" + ridge + "] }\n"),
                                   runs.data("test"));
  };
  CHECK(error("1e-8") < 1e-4);
  CHECK(error("1e6") > 0.9);
}

TEST_CASE("the operator of dmd has the eigenvalues of the waves") {
  const Runs runs;  // one and two cycles over 16 cells, moved by two: turns of a quarter and half of pi
  runs.fit(step_task + "model = { name = 'dmd', rank = [4], about = 'rest' }\n");
  const marea::HostArray a = runs.weight("operator");
  REQUIRE(a.extents()[0] == 4);
  REQUIRE(a.extents()[1] == 4);
  const auto values = a.values<double>();
  double trace = 0, of_square = 0;
  for (int i = 0; i < 4; ++i) {
    trace += values[5 * i];
    for (int k = 0; k < 4; ++k) of_square += values[4 * i + k] * values[4 * k + i];
  }
  CHECK(trace == doctest::Approx(std::numbers::sqrt2).epsilon(1e-5));  // 2 cos(pi/4) + 2 cos(pi/2)
  CHECK(of_square == doctest::Approx(-2).epsilon(1e-5));               // 2 cos(pi/2) + 2 cos(pi)
}

TEST_CASE("dmd with control learns what a static field does") {
  const Runs runs;
  marea::test::write_advected_runs(runs.folder.file("runs"), 12, 5, 2, true);
  const auto error = [&](const std::string& inputs) {
    const auto model = runs.fit("data = { inputs = [" + inputs + "], outputs = ['u'] }\nmodel = { name = 'dmd' }\n");
    const marea::Dataset test({.folder = runs.folder.file("runs"),
                               .inputs = model.info().inputs.size() > 1 ? std::vector<std::string>{"u", "forcing"}
                                                                        : std::vector<std::string>{"u"},
                               .outputs = {"u"}},
                              "test");
    return marea::test::test_error(model, test);
  };
  CHECK(error("'u', 'forcing'") < 1e-4);
  CHECK(error("'u'") > 1e-2);
}

TEST_CASE("dmd is for steps whose outputs are inputs") {
  const Runs runs;
  CHECK_THROWS_WITH_AS(runs.fit(map_task + "model = { name = 'dmd' }\n"),
                       doctest::Contains("model 'dmd' learns tasks of the kind step, but data.task = \"map\""),
                       marea::ConfigError);
  CHECK_THROWS_WITH_AS(runs.fit("data = { inputs = ['sea_mask'], outputs = ['u'] }\nmodel = { name = 'dmd' }\n"),
                       doctest::Contains("output 'u' must be an input too"), marea::ConfigError);
}

TEST_CASE("pod_rbf passes through the training samples of a map and pod_gp comes near them") {
  const Runs runs;
  const auto train = runs.data("train", "map", "max_u");
  const auto error = [&](const std::string& model) {
    return marea::test::test_error(runs.fit(map_task + "model = { " + model + " }\n"), train);
  };
  CHECK(error("name = 'pod_rbf', smoothing = [0]") < 1e-5);
  CHECK(error("name = 'pod_gp'") < 0.05);
  CHECK(error("name = 'pod_gp', kernel = 'matern52'") < 0.05);
}

TEST_CASE("pod_gp is less sure of inputs unlike its samples") {
  const Runs runs;
  const auto model = runs.fit(map_task + "model = { name = 'pod_gp' }\n");
  const auto train = runs.data("train", "map", "max_u");
  REQUIRE(model.knows_deviation());
  const marea::HostArray in(marea::DType::f32, {2, 4, 16}), out(marea::DType::f32, {1, 4, 16});
  const auto largest = [&] {
    model.deviation(in.ref(), out.ref());
    return std::ranges::max(out.values<float>());
  };
  train.read(0, in.ref(), out.ref());
  const float near = largest();
  for (float& value : in.values<float>()) value *= 10;
  CHECK(near >= 0);
  CHECK(largest() > 5 * near);
}

TEST_CASE("a model that does not know its deviation says so") {
  const Runs runs;
  const auto model = runs.fit(step_task + "model = { name = 'linear' }\n");
  const marea::HostArray in(marea::DType::f32, {2, 4, 16}), out(marea::DType::f32, {1, 4, 16});
  CHECK_FALSE(model.knows_deviation());
  CHECK_THROWS_WITH_AS(model.deviation(in.ref(), out.ref()),
                       doctest::Contains("does not know how sure it is; pod_gp does"), marea::ConfigError);
  CHECK_THROWS_AS(model.deviation(out.ref(), in.ref()), marea::ShapeError);
}
