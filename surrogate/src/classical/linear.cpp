// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/classical/linear.hpp>

#include <limits>

#include <marea/io/error.hpp>

#include "pod.hpp"

namespace marea {
namespace {

using namespace detail;

SampleFunction predictor(const PodSpaces& spaces, const Matrix& regression) {
  return [=](std::span<const float> x, std::span<float> y) {
    spaces.fields((spaces.coordinates(x).transpose() * regression).cast<float>(), y);
  };
}

}  // namespace

Weights fit_linear(const Dataset& train, const Dataset& valid, const ModelInfo& info) {
  LinearOptions options;
  read_options(options, info.options, "linear", {"name"});
  if (options.ridge.empty()) fail<ConfigError>("linear", "ridge must hold at least one candidate");
  const ScaledSamples learn = scaled_samples(train, info, {.limit = options.samples});
  const ScaledSamples test = scaled_samples(valid, info, {.limit = validation_samples, .channels = learn.channels});
  const Pod inputs = decompose(learn.inputs, options.samples), outputs = decompose(learn.outputs, options.samples);
  const PodSpaces spaces = pod_spaces(inputs, inputs.scale.size(), outputs, outputs.scale.size());

  // POD coefficients are orthogonal: the normal equations are diagonal.
  const auto samples = static_cast<double>(inputs.coefficients.rows());
  const Vector square = inputs.scale.cwiseAbs2() * samples;
  const Matrix products = inputs.coefficients.transpose() * outputs.coefficients;
  Matrix best;
  double least = std::numeric_limits<double>::infinity();
  for (const double ridge : options.ridge) {
    const Vector shrunk = (square.array() + ridge * square.sum() / samples).inverse();
    const Matrix regression = inputs.scale.cwiseProduct(shrunk).asDiagonal() * products;
    const double error = mean_error(predictor(spaces, regression), test);
    if (!(error < least)) continue;
    least = error;
    best = regression;
  }
  if (!std::isfinite(least)) fail<DataError>("linear", "no penalty gives finite fields on the validation runs");
  Weights weights;
  weights.emplace_back("channels", channel_array(learn.channels));
  spaces.append_to(weights);
  weights.emplace_back("regression", array_of(best));
  return weights;
}

std::unique_ptr<SurrogateInterface> load_linear(const ModelFile& model) {
  std::vector<int> channels = channel_list(model);
  const PodSpaces spaces = read_pod_spaces(model, channels.size());
  const Matrix regression = read_regression(model, "regression", spaces.in_modes.rows(), spaces);
  return make_scaled_surrogate(model.info, {.channels = std::move(channels), .predict = predictor(spaces, regression)});
}

}  // namespace marea
