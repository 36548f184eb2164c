// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>

#include <torch/csrc/autograd/autograd.h>

#include <marea/io/error.hpp>

#include "support/rfft_spectral_layer.hpp"

#include "support/doctest_with_torch.hpp"

using namespace marea;

namespace {

/// One layer on one grid, with random weights and input.
struct Case {
  std::vector<std::int64_t> extents, modes;
  double padding = 0;
  std::int64_t batch = 3, in = 4, out = 4;
};

struct Layer {
  at::Tensor x;
  SpectralWeights weights;
  c10::intrusive_ptr<FourierBasis> basis;
  std::vector<std::int64_t> padded;
};

Layer make_layer(const Case& c, at::ScalarType dtype) {
  at::manual_seed(7);
  Layer layer;
  std::vector<std::int64_t> shape{c.batch};
  shape.insert(shape.end(), c.extents.begin(), c.extents.end());
  shape.push_back(c.in);
  const auto options = at::TensorOptions(dtype);
  layer.x = at::randn(shape, options);
  layer.weights = {at::randn({count_modes(c.modes), c.in, 2, c.out}, options) / 3, at::randn({c.out, c.in}, options) / 2,
                   at::randn({c.out}, options)};
  for (const std::int64_t n : c.extents) layer.padded.push_back(std::llround(static_cast<double>(n) * (1 + c.padding)));
  layer.basis = c10::make_intrusive<FourierBasis>(c.extents, c.modes, std::vector<double>(c.extents.size(), c.padding),
                                                  options);
  return layer;
}

double relative_difference(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).norm() / b.norm()).item<double>();
}

const std::vector<Case> cases{
    {.extents = {16}, .modes = {5}},
    {.extents = {15}, .modes = {8}, .padding = 0.2, .in = 3, .out = 5},
    {.extents = {12, 10}, .modes = {4, 5}},
    {.extents = {12, 16}, .modes = {6, 1}, .padding = 0.25, .batch = 1, .in = 2, .out = 3},
    {.extents = {8, 6, 10}, .modes = {3, 2, 4}},
    {.extents = {4, 8, 12}, .modes = {2, 3, 2}, .padding = 0.5, .batch = 2},
};

}  // namespace

TEST_CASE("the fused layer, its plain form and the rfft form agree in one, two and three dimensions") {
  for (const Case& c : cases) {
    for (const Activation activation : {Activation::none, Activation::gelu}) {
      const Shortcut shortcut = c.in == c.out ? Shortcut::identity : Shortcut::none;
      const Layer layer = make_layer(c, at::kFloat);
      const at::Tensor fused = spectral_layer(layer.x, layer.weights, layer.basis, activation, shortcut);
      const at::Tensor plain = spectral_layer_unfused(layer.x, layer.weights, *layer.basis, activation, shortcut);
      const at::Tensor rfft =
          test::rfft_spectral_layer(layer.x, layer.weights, layer.padded, c.modes, activation, shortcut);
      CHECK(plain.is_contiguous());
      CHECK(relative_difference(fused, rfft) < 1e-5);
      CHECK(relative_difference(plain, rfft) < 1e-5);
    }
  }
}

TEST_CASE("in double the matrix form and the rfft form agree to round-off") {
  for (const Case& c : cases) {
    const Layer layer = make_layer(c, at::kDouble);
    const at::Tensor rfft =
        test::rfft_spectral_layer(layer.x, layer.weights, layer.padded, c.modes, Activation::none, Shortcut::none);
    const at::Tensor fused = spectral_layer(layer.x, layer.weights, layer.basis, Activation::none, Shortcut::none);
    CHECK(relative_difference(fused, rfft) < 1e-13);
  }
}

TEST_CASE("the fused gradient is the one autograd finds for the plain form") {
  for (const Case& c : cases) {
    for (const Activation activation : {Activation::none, Activation::gelu}) {
      const Shortcut shortcut = c.in == c.out ? Shortcut::identity : Shortcut::none;
      const Layer layer = make_layer(c, at::kDouble);
      std::vector<at::Tensor> leaves{layer.x, layer.weights.spectral, layer.weights.skip, layer.weights.bias};
      for (at::Tensor& leaf : leaves) leaf.requires_grad_(true);
      const at::Tensor fused = spectral_layer(layer.x, layer.weights, layer.basis, activation, shortcut);
      const at::Tensor plain = spectral_layer_unfused(layer.x, layer.weights, *layer.basis, activation, shortcut);
      const at::Tensor weight = at::randn_like(plain);
      const auto of_fused = torch::autograd::grad({(fused * weight).sum()}, leaves);
      const auto of_plain = torch::autograd::grad({(plain * weight).sum()}, leaves);
      for (std::size_t i = 0; i < leaves.size(); ++i) CHECK(relative_difference(of_fused[i], of_plain[i]) < 1e-12);
    }
  }
}

TEST_CASE("the fused gradient is the slope of the layer") {
  const Layer layer = make_layer({.extents = {6, 5}, .modes = {3, 2}, .padding = 0.2, .batch = 2, .in = 2, .out = 2},
                                 at::kDouble);
  std::vector<at::Tensor> leaves{layer.x, layer.weights.spectral, layer.weights.skip, layer.weights.bias};
  for (at::Tensor& leaf : leaves) leaf.requires_grad_(true);
  const at::Tensor weight = at::randn({2, 6, 5, 2}, at::kDouble);
  const auto value = [&] {
    return (spectral_layer(layer.x, layer.weights, layer.basis, Activation::gelu, Shortcut::identity) * weight).sum();
  };
  const auto gradient = torch::autograd::grad({value()}, leaves);
  const double step = 1e-5;  // central difference: error step^2 times the third derivative, about 1e-9
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const at::NoGradGuard no_grad;
    const at::Tensor direction = at::randn_like(leaves[i]);
    leaves[i].add_(direction, step);
    const double above = value().item<double>();
    leaves[i].sub_(direction, 2 * step);
    const double below = value().item<double>();
    leaves[i].add_(direction, step);
    const double slope = (gradient[i] * direction).sum().item<double>();
    CHECK(slope == doctest::Approx((above - below) / (2 * step)).epsilon(1e-7));
  }
}

TEST_CASE("more modes than the grid can tell apart are refused") {
  const std::vector<std::int64_t> extents{8, 8}, modes{4, 5};
  CHECK_THROWS_WITH_AS(FourierBasis(extents, modes, std::vector<double>{0, 0}, at::kFloat),
                       "fno: modes[1] = 5 needs at least 9 cells on that axis, the grid has 8; use fewer modes",
                       ConfigError);
}
