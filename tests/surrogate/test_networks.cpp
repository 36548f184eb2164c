// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <iterator>
#include <numbers>

#include <torch/csrc/autograd/autograd.h>

#include <marea/surrogate/registry.hpp>
#include <marea/surrogate/torch/fno.hpp>
#include <marea/surrogate/torch/net.hpp>
#include <marea/surrogate/torch/pointwise_mlp.hpp>
#include <marea/surrogate/torch/weights.hpp>

#include "support/rfft_spectral_layer.hpp"
#include "support/small_model.hpp"

#include "support/doctest_with_torch.hpp"

using namespace marea;
using test::small_model;

namespace {

/// Every network at a small size, on one, two and three axes of awkward extents.
std::vector<ModelInfo> small_networks() {
  std::vector<ModelInfo> all;
  for (const std::vector<std::int64_t>& extents :
       {std::vector<std::int64_t>{13}, std::vector<std::int64_t>{9, 14}, std::vector<std::int64_t>{5, 6, 7}})
    std::ranges::move(test::networks_on(extents), std::back_inserter(all));
  return all;
}

at::Tensor random_input(const ModelInfo& info, std::int64_t batch, at::ScalarType dtype = at::kFloat) {
  at::manual_seed(3);
  std::vector<std::int64_t> shape{batch, static_cast<std::int64_t>(info.input_channels.size())};
  shape.insert(shape.end(), info.extents.begin(), info.extents.end());
  return at::randn(shape, dtype);
}

/// Loss after `steps` of Adam on fixed data.
double fit(Net& net, const at::Tensor& x, const at::Tensor& target, int steps, double rate) {
  std::vector<at::Tensor> weights = net.parameters(), mean, square, count;
  for (const at::Tensor& w : weights) {
    mean.push_back(at::zeros_like(w));
    square.push_back(at::zeros_like(w));
    count.push_back(at::zeros({}));
  }
  for (int i = 0; i < steps; ++i) {
    const auto gradients = torch::autograd::grad({at::mse_loss(net.forward(x), target)}, weights);
    const at::NoGradGuard no_grad;
    at::_foreach_add_(count, 1);
    at::_fused_adam_(weights, gradients, mean, square, {}, count, rate, 0.9, 0.999, 0, 1e-8, false, false);
  }
  const at::NoGradGuard no_grad;
  return at::mse_loss(net.forward(x), target).item<double>();
}

}  // namespace

TEST_CASE("a network gives its output channels on the cells of its input") {
  for (const ModelInfo& info : small_networks()) {
    const at::Tensor x = random_input(info, 2);
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape[1] = 1;
    const at::Tensor y = make_net(info, 1)->forward(x);
    CHECK(y.sizes() == at::IntArrayRef(shape));
    CHECK(y.is_contiguous());
  }
}

TEST_CASE("a network learns eight samples by heart") {
  for (const ModelInfo& info : test::networks_on({12, 16})) {
    at::manual_seed(3);
    const at::Tensor angle = at::arange(16, at::kFloat) * (2 * std::numbers::pi / 16);
    const auto waves = [&](std::int64_t channels) {  // a wave of random phase for every sample and channel
      return at::sin(angle + 6 * at::rand({8, channels, 1, 1})).expand({8, channels, 12, 16}).contiguous();
    };
    const at::Tensor x = waves(3), target = waves(1);
    const std::shared_ptr<Net> net = make_net(info, 1);
    const double first = fit(*net, x, target, 0, 1e-2);
    CHECK(first > 0.3);  // the mean square of the targets is 1/2
    CAPTURE(info.name);
    CHECK(fit(*net, x, target, 300, 5e-3) < 0.05);
  }
}

TEST_CASE("weights taken out and put back give the same bits") {
  for (const ModelInfo& info : small_networks()) {
    const at::NoGradGuard no_grad;
    const at::Tensor x = random_input(info, 2);
    const std::shared_ptr<Net> first = make_net(info, 1), second = make_net(info, 2);
    CHECK_FALSE(at::equal(first->forward(x), second->forward(x)));
    set_weights(*second, weights_of(*first));
    CHECK(at::equal(first->forward(x), second->forward(x)));
  }
}

TEST_CASE("the seed decides the weights") {
  const ModelInfo info = small_model("fno", test::small_fno(2), {9, 14});
  const at::Tensor x = random_input(info, 1);
  CHECK(at::equal(make_net(info, 5)->forward(x), make_net(info, 5)->forward(x)));
  CHECK_FALSE(at::equal(make_net(info, 5)->forward(x), make_net(info, 6)->forward(x)));
}

TEST_CASE("the gradient of a network is the slope of its output") {
  for (const ModelInfo& info : small_networks()) {
    const std::shared_ptr<Net> net = make_net(info, 1);
    net->to(at::kDouble);
    const at::Tensor x = random_input(info, 2, at::kDouble).requires_grad_(true);
    std::vector<at::Tensor> leaves = net->parameters();
    leaves.push_back(x);
    const at::Tensor weight = at::randn_like(net->forward(x));
    const auto gradient = torch::autograd::grad({(net->forward(x) * weight).sum()}, leaves);
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> direction;
    double slope = 0;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      direction.push_back(at::randn_like(leaves[i]));
      slope += (gradient[i] * direction[i]).sum().item<double>();
    }
    const auto moved = [&](double by) {
      for (std::size_t i = 0; i < leaves.size(); ++i) leaves[i].add_(direction[i], by);
      const double value = (net->forward(x) * weight).sum().item<double>();
      for (std::size_t i = 0; i < leaves.size(); ++i) leaves[i].sub_(direction[i], by);
      return value;
    };
    const double step = 1e-6;  // error step^2 times the third derivative
    CHECK(slope == doctest::Approx((moved(step) - moved(-step)) / (2 * step)).epsilon(1e-5));
  }
}

TEST_CASE("the fused pointwise network agrees with its plain form, gradient included") {
  at::manual_seed(1);
  for (const ChannelOrder order : {ChannelOrder::first, ChannelOrder::last}) {
    const auto parameter = [](at::IntArrayRef shape) { return at::randn(shape, at::kDouble).requires_grad_(true); };
    const MlpWeights w{parameter({6, 3}), parameter({6}), parameter({2, 6}), parameter({2})};
    const at::Tensor x = parameter({2, 1500, 3});  // two blocks of cells a sample
    const at::Tensor fused = pointwise_mlp(x, w, order), plain = pointwise_mlp_unfused(x, w, order);
    CHECK((fused - plain).norm().item<double>() < 1e-12 * plain.norm().item<double>());
    CHECK(plain.is_contiguous());
    const at::Tensor weight = at::randn_like(plain);
    const std::vector<at::Tensor> leaves{x, w.weight_in, w.bias_in, w.weight_out, w.bias_out};
    const auto of_fused = torch::autograd::grad({(fused * weight).sum()}, leaves);
    const auto of_plain = torch::autograd::grad({(plain * weight).sum()}, leaves);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      CHECK((of_fused[i] - of_plain[i]).norm().item<double>() < 1e-11 * of_plain[i].norm().item<double>());
    }
  }
}

TEST_CASE("an FNO of plain operations, as on a GPU, is that of fused kernels, gradient included") {
  for (ModelInfo info : small_networks()) {
    if (info.name != "fno") continue;
    for (const int lifting : {0, 6}) {
      info.options["lifting"] = lifting;
      info.output_channels = {"eta", "velocity_x"};  // of one channel any order is contiguous
      const std::shared_ptr<Net> fused = make_net(info, 1), plain = make_fno_unfused(info);
      set_weights(*plain, weights_of(*fused));
      fused->to(at::kDouble);
      plain->to(at::kDouble);
      for (const std::int64_t batch : {1, 3}) {
        CAPTURE(batch);
        const at::Tensor x = random_input(info, batch, at::kDouble);
        const at::Tensor y = plain->forward(x), expected = fused->forward(x), weight = at::randn_like(expected);
        CHECK(y.is_contiguous());
        CHECK((y - expected).norm().item<double>() < 1e-12 * expected.norm().item<double>());
        const auto of_plain = torch::autograd::grad({(y * weight).sum()}, plain->parameters());
        const auto of_fused = torch::autograd::grad({(expected * weight).sum()}, fused->parameters());
        for (std::size_t i = 0; i < of_plain.size(); ++i) {
          CHECK((of_plain[i] - of_fused[i]).norm().item<double>() < 1e-11 * of_fused[i].norm().item<double>());
        }
      }
    }
  }
}

TEST_CASE("an FNO is lifting, rfft layers on the padded grid and projection") {
  ModelInfo info = small_model("fno", test::small_fno(2), {12, 10});
  info.options["modes"] = OptionTree::Array{4, 3};
  info.options["padding"] = 0.5;
  info.boundary = {{"wall", "wall"}, {"periodic", "periodic"}};
  const std::shared_ptr<Net> net = make_net(info, 1);
  const auto w = net->named_parameters();
  const at::NoGradGuard no_grad;
  const at::Tensor x = random_input(info, 2).permute({0, 2, 3, 1});
  const at::Tensor row = ((2 * at::arange(12) + 1) / 12. - 1).view({1, 12, 1, 1}).expand({2, 12, 10, 1});

  at::Tensor h = at::linear(at::cat({x, row}, 3), w["lifting_weight"], w["lifting_bias"]);
  for (const std::string layer : {"layer_0", "layer_1"})
    h = test::rfft_spectral_layer(h, {w[layer + "_spectral"], w[layer + "_skip"], w[layer + "_bias"]}, {18, 10}, {4, 3},
                                  layer == "layer_1" ? Activation::none : Activation::gelu, Shortcut::identity);
  h = at::gelu(at::linear(h, w["projection_in_weight"], w["projection_in_bias"]));
  const at::Tensor plain = at::linear(h, w["projection_out_weight"], w["projection_out_bias"]).permute({0, 3, 1, 2});
  CHECK((net->forward(random_input(info, 2)) - plain).norm().item<double>() < 1e-5 * plain.norm().item<double>());
}

TEST_CASE("an FNO gives the same function on a grid of twice the resolution") {
  ModelInfo info = small_model("fno", test::small_fno(2), {32, 32});
  info.boundary.assign(2, {"periodic", "periodic"});
  info.input_channels = {"q"};
  info.options["layers"] = 1;  // one linear layer: no aliasing, so that equality is exact but for round-off
  const std::shared_ptr<Net> net = make_net(info, 1);
  const auto field = [](std::int64_t n) {
    const at::Tensor angle = at::arange(n, at::kFloat) * (2 * std::numbers::pi / static_cast<double>(n));
    return (at::sin(angle).unsqueeze(1) + at::cos(2 * angle).unsqueeze(0)).view({1, 1, n, n});
  };
  const at::NoGradGuard no_grad;
  const at::Tensor coarse = net->forward(field(32)), fine = net->forward(field(64));
  const at::Tensor at_coarse_points = fine.slice(2, 0, 64, 2).slice(3, 0, 64, 2);
  CHECK((coarse - at_coarse_points).abs().max().item<double>() < 1e-5);
}

TEST_CASE("a periodic FNO commutes with shifts of its input") {
  ModelInfo info = small_model("fno", test::small_fno(2), {12, 10});
  info.boundary.assign(2, {"periodic", "periodic"});
  const std::shared_ptr<Net> net = make_net(info, 1);
  const at::NoGradGuard no_grad;
  const at::Tensor x = random_input(info, 1);
  const at::Tensor shifted = net->forward(at::roll(x, {5, 3}, {2, 3})), rolled = at::roll(net->forward(x), {5, 3}, {2, 3});
  CHECK((shifted - rolled).abs().max().item<double>() < 1e-5);
}

TEST_CASE("a network's options are checked") {
  const auto message = [](const std::string& name, const char* key, OptionTree value) {
    OptionTree options = name == "fno" ? test::small_fno(2) : test::small_unet();
    options[key] = std::move(value);
    try {
      make_net(small_model(name, options, {12, 10}), 1);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message("fno", "width", 0) == "fno: width = 0 must be >= 1");
  CHECK(message("fno", "wdth", 8).find("unknown option 'wdth', did you mean 'width'?") != std::string::npos);
  CHECK(message("fno", "modes", OptionTree::Array{3, 3, 3}) ==
        "fno: modes has 3 values, must have one, or one for each of the 2 axes");
  CHECK(message("unet", "groups", 3) == "unet: groups = 3 must divide width = 8");
  CHECK_THROWS_WITH_AS(make_net(small_model("fmo", {}, {12}), 1),
                       doctest::Contains("model: unknown model 'fmo', did you mean 'fno'? known: fno, unet"), ConfigError);
}

TEST_CASE("weights of another network or with a NaN are refused") {
  const ModelInfo info = small_model("fno", test::small_fno(2), {9, 14});
  const std::shared_ptr<Net> net = make_net(info, 1);
  NamedWeights weights = weights_of(*net);
  weights[0].second.values<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(set_weights(*net, weights), "weights: 'lifting_weight' holds a NaN or an infinity", DataError);
  weights = weights_of(*net);
  weights[1].second = HostArray(DType::f32, {7});
  CHECK_THROWS_WITH_AS(set_weights(*net, weights), "weights: 'lifting_bias' = f32[7] must have the shape [8]", DataError);
  weights.pop_back();
  CHECK_THROWS_AS(set_weights(*net, weights), DataError);
}
