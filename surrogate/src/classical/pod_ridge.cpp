// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/classical/pod_ridge.hpp>

#include <algorithm>
#include <limits>

#include <marea/io/error.hpp>

#include "pod.hpp"

namespace marea {
namespace {

using namespace detail;

/// 1, the scaled coefficients and, when quadratic, their products.
Vector features(const Eigen::Ref<const Vector>& z, bool quadratic) {
  const Eigen::Index n = z.size();
  Vector f(1 + n + (quadratic ? n * (n + 1) / 2 : 0));
  f[0] = 1;
  f.segment(1, n) = z;
  Eigen::Index next = n + 1;
  for (Eigen::Index i = 0; quadratic && i < n; ++i)
    for (Eigen::Index j = i; j < n; ++j) f[next++] = z[i] * z[j];
  return f;
}

Matrix feature_table(const Pod& inputs, Eigen::Index modes, bool quadratic) {
  const Matrix z = scaled_coefficients(inputs, modes);
  Matrix table;
  for (Eigen::Index s = 0; s < z.rows(); ++s) {
    const Vector f = features(z.row(s).transpose(), quadratic);
    if (s == 0) table.resize(z.rows(), f.size());
    table.row(s) = f.transpose();
  }
  return table;
}

/// Rows of `table` whose run is, or is not, one of every fourth.
Matrix part(const Matrix& table, const std::vector<std::int64_t>& run, bool held_out) {
  std::vector<Eigen::Index> chosen;
  for (std::size_t s = 0; s < run.size(); ++s)
    if ((run[s] % 4 == 3) == held_out) chosen.push_back(static_cast<Eigen::Index>(s));
  return table(chosen, Eigen::all);
}

struct Choice {
  int modes = 0;
  double ridge = 0, error = std::numeric_limits<double>::infinity();
};

Choice choose(const PodRidgeOptions& options, const Pod& inputs, const Pod& outputs,
              const std::vector<std::int64_t>& run) {
  Choice best{*std::ranges::min_element(options.modes), *std::ranges::min_element(options.ridge)};
  if (*std::ranges::max_element(run) < 3) return best;  // no fourth run to hold out
  for (const int modes : options.modes) {
    const auto in = std::min<Eigen::Index>(modes, inputs.scale.size());
    const auto out = std::min<Eigen::Index>(modes, outputs.scale.size());
    const Matrix f = feature_table(inputs, in, options.features == "quadratic");
    const Matrix learn = part(f, run, false), test = part(f, run, true);
    const Matrix target = part(outputs.coefficients, run, true);
    for (const double ridge : options.ridge) {
      Matrix error = -target;
      error.leftCols(out) +=
          test * ridge_regression(learn, part(outputs.coefficients.leftCols(out), run, false), ridge);
      if (const double norm = error.norm(); norm < best.error) best = {modes, ridge, norm};
    }
  }
  return best;
}

}  // namespace

Weights fit_pod_ridge(const Dataset& train, const Dataset&, const ModelInfo& info) {
  PodRidgeOptions options;
  read_options(options, info.options, "pod_ridge", {"name"});
  if (options.modes.empty() || options.ridge.empty())
    fail<ConfigError>("pod_ridge", "modes and ridge must hold at least one candidate each");
  const ScaledSamples samples = scaled_samples(train, info, {.limit = options.samples});
  const int most = *std::ranges::max_element(options.modes);
  const Pod inputs = decompose(samples.inputs, most), outputs = decompose(samples.outputs, most);
  const Choice choice = choose(options, inputs, outputs, samples.run);
  const auto in = std::min<Eigen::Index>(choice.modes, inputs.scale.size());
  const auto out = std::min<Eigen::Index>(choice.modes, outputs.scale.size());
  const Matrix f = feature_table(inputs, in, options.features == "quadratic");

  Weights weights;
  weights.emplace_back("channels", channel_array(samples.channels));
  pod_spaces(inputs, in, outputs, out).append_to(weights);
  weights.emplace_back("regression", array_of(ridge_regression(f, outputs.coefficients.leftCols(out), choice.ridge)));
  return weights;
}

std::unique_ptr<SurrogateInterface> load_pod_ridge(const ModelFile& model) {
  PodRidgeOptions options;
  read_options(options, model.info.options, "pod_ridge", {"name"});
  const bool quadratic = options.features == "quadratic";
  std::vector<int> channels = channel_list(model);
  const PodSpaces spaces = read_pod_spaces(model, channels.size());
  const Eigen::Index n = spaces.in_modes.rows();
  const Matrix regression = read_regression(model, "regression", 1 + n + (quadratic ? n * (n + 1) / 2 : 0), spaces);
  auto predict = [=](std::span<const float> x, std::span<float> y) {
    const Vector f = features(spaces.coordinates(x), quadratic);
    spaces.fields((f.transpose() * regression).cast<float>(), y);
  };
  return make_scaled_surrogate(model.info, {.channels = std::move(channels), .predict = std::move(predict)});
}

}  // namespace marea
