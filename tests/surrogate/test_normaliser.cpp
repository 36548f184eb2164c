// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/normaliser.hpp>

#include <marea/io/error.hpp>

#include "support/doctest_with_torch.hpp"

namespace {

marea::ModelInfo step_model() {
  marea::ModelInfo info;
  info.task = "step";
  info.inputs = {{.name = "sea_mask"}, {.name = "eta"}, {.name = "velocity", .rank = 1}};
  info.outputs = {{.name = "eta"}, {.name = "velocity", .rank = 1}};
  info.input_channels = {"sea_mask", "eta", "velocity_x", "velocity_y"};
  info.output_channels = {"eta", "velocity_x", "velocity_y"};
  info.extents = {1, 2};
  return info;
}

at::Tensor sample() {  // cells: sea, land
  return at::tensor({1., 0., /* eta */ -4., 3., /* vx */ 2., 1., /* vy */ 8., 1.}, at::kDouble).reshape({1, 4, 1, 2});
}

void check_equal(const at::Tensor& a, std::initializer_list<double> expected) {
  const at::Tensor flat = a.contiguous().flatten();
  REQUIRE(flat.numel() == static_cast<std::int64_t>(expected.size()));
  const double* value = flat.data_ptr<double>();
  for (double e : expected) CHECK(*value++ == doctest::Approx(e).epsilon(1e-15));
}

}  // namespace

TEST_CASE("an empty table changes nothing") {
  const marea::Normaliser normaliser(step_model(), at::kDouble);
  const at::Tensor x = sample();

  CHECK(normaliser.is_identity());
  CHECK(normaliser.encode_inputs(x).x.is_same(x));
  CHECK(normaliser.decode_outputs(x, {}, x).is_same(x));
}

TEST_CASE("inputs are divided by the amplitude, then shifted and scaled by channel") {
  auto info = step_model();
  marea::NormaliserOptions o;
  o.amplitude_of = "eta";
  o.amplitude_scaled = {"eta", "velocity"};
  o.input_mean = {0, 0.5, 0, 1};
  o.input_scale = {1, 2, 1, 4};
  info.normaliser = marea::write_options(o);
  const marea::Normaliser normaliser(info, at::kDouble);

  const auto [x, scale] = normaliser.encode_inputs(sample());

  check_equal(scale, {4});
  check_equal(x, {1, 0, (-1 - 0.5) / 2, (0.75 - 0.5) / 2, 0.5, 0.25, (2 - 1) / 4., (0.25 - 1) / 4.});
}

TEST_CASE("outputs carry amplitude, increment and mask, and encoding undoes decoding at sea") {
  auto info = step_model();
  marea::NormaliserOptions o;
  o.amplitude_of = "eta";
  o.amplitude_scaled = {"eta"};
  o.mask = "sea_mask";
  o.residual = true;
  o.output_scale = {2, 1, 3};
  info.normaliser = marea::write_options(o);
  const marea::Normaliser normaliser(info, at::kDouble);
  const at::Tensor x = sample();
  const at::Tensor scale = normaliser.encode_inputs(x).scale;
  const at::Tensor net = at::tensor({0.5, 1., 0.25, 1., -1., 1.}, at::kDouble).reshape({1, 3, 1, 2});

  const at::Tensor y = normaliser.decode_outputs(net, scale, x);

  check_equal(y, {-4 + 0.5 * 2 * 4, 0, 2 + 0.25, 0, 8 - 3, 0});
  check_equal(normaliser.encode_outputs(y, scale, x), {0.5, 0, 0.25, 0, -1, 0});
}

TEST_CASE("written into arrays of another precision, inputs and outputs are the same to its round-off") {
  auto info = step_model();
  marea::NormaliserOptions o;
  o.input_mean = {0, 0.5, 0, 1};
  o.input_scale = {1, 2, 1, 4};
  o.output_scale = {2, 1, 3};
  const at::Tensor x = sample(), net = at::randn({1, 3, 1, 2});
  for (const bool amplitude : {false, true})
    for (const bool residual : {false, true})
      for (const char* mask : {"", "sea_mask"}) {
        o.amplitude_of = amplitude ? "eta" : "";
        o.amplitude_scaled = amplitude ? std::vector<std::string>{"eta", "velocity"} : std::vector<std::string>{};
        o.residual = residual;
        o.mask = mask;
        info.normaliser = marea::write_options(o);
        const marea::Normaliser single(info), reference(info, at::kDouble);
        const at::Tensor encoded = at::empty({1, 4, 1, 2}), decoded = at::empty({1, 3, 1, 2}, at::kDouble);
        const auto [expected, amplitude_of_x] = reference.encode_inputs(x);

        const at::Tensor scale = single.encode_inputs_into(encoded, x);
        single.decode_outputs_into(decoded, net, scale, x);

        CHECK(at::allclose(encoded.to(at::kDouble), expected, 1e-6));
        CHECK(at::allclose(decoded, reference.decode_outputs(net.to(at::kDouble), amplitude_of_x, x), 1e-6));
      }
}

TEST_CASE("a residual of channels that lie apart picks each from the newest input of its field") {
  auto info = step_model();
  info.input_channels = {"velocity_y", "velocity_y", "eta", "eta"};
  info.output_channels = {"eta", "speed", "velocity_y"};
  info.history = 2;
  marea::NormaliserOptions o;
  o.residual = true;
  info.normaliser = marea::write_options(o);
  const marea::Normaliser normaliser(info, at::kDouble);

  CHECK(normaliser.plan().residual_of == std::vector{3, -1, 1});
  check_equal(normaliser.decode_outputs(at::ones({1, 3, 1, 2}, at::kDouble), {}, sample()), {9, 2, 1, 1, -3, 4});
}

TEST_CASE("the amplitude of a still sample is the floor") {
  auto info = step_model();
  info.normaliser["amplitude_of"] = "eta";
  info.normaliser["amplitude_scaled"] = marea::OptionTree::Array{"eta"};
  const marea::Normaliser normaliser(info, at::kDouble);

  check_equal(normaliser.encode_inputs(at::zeros({1, 4, 1, 2}, at::kDouble)).scale, {marea::amplitude_floor});
}

TEST_CASE("fields that the model does not have are named") {
  auto info = step_model();
  info.normaliser["mask"] = "land";
  CHECK_THROWS_WITH_AS(marea::plan_normaliser(info),
                       "normalise: mask = 'land' must be an input of the model: sea_mask, eta, velocity",
                       marea::ConfigError);
  info.normaliser["mask"] = "velocity";
  CHECK_THROWS_WITH_AS(marea::plan_normaliser(info), "normalise: mask = 'velocity' must be a scalar field",
                       marea::ConfigError);
  info = step_model();
  info.normaliser["amplitude_scaled"] = marea::OptionTree::Array{"eta"};
  CHECK_THROWS_AS(marea::plan_normaliser(info), marea::ConfigError);
}

TEST_CASE("outputs keep the bounds that their fields declare, by numbers and by other channels") {
  auto info = step_model();
  info.outputs = {marea::bounded({.name = "max_eta"}, "eta"), marea::bounded({.name = "arrival_time"}, "0", "60"),
                  marea::bounded({.name = "other"}, "absent")};
  info.output_channels = {"max_eta", "arrival_time", "other"};
  const marea::Normaliser normaliser(info, at::kDouble);
  CHECK(normaliser.is_bounded());
  const at::Tensor y = at::tensor({-5., 4., -1., 61., -9., 9.}, at::kDouble).reshape({1, 3, 1, 2});
  check_equal(normaliser.decode_outputs(y, {}, sample()), {-4, 4, 0, 60, -9, 9});
  const at::Tensor into = at::empty_like(y);
  normaliser.decode_outputs_into(into, y, {}, sample());
  check_equal(into, {-4, 4, 0, 60, -9, 9});

  info.normaliser["bounds"] = "none";
  CHECK_FALSE(marea::Normaliser(info, at::kDouble).is_bounded());
}

TEST_CASE("the gradient goes straight through the bounds") {
  auto info = step_model();
  info.outputs = {marea::bounded({.name = "h"}, "0")};
  info.output_channels = {"h"};
  const marea::Normaliser normaliser(info, at::kDouble);
  at::Tensor y = at::tensor({-2., 3.}, at::kDouble).reshape({1, 1, 1, 2});
  y.requires_grad_(true);
  const at::Tensor out = normaliser.decode_outputs(y, {}, sample());
  check_equal(out.detach(), {0, 3});
  out.pow(2).sum().backward();  // 2 out, where out is kept at 0 nothing pulls
  check_equal(y.grad(), {0, 6});
}
