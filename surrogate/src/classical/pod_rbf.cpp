// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/classical/pod_rbf.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <marea/io/error.hpp>

#include "pod.hpp"

namespace marea {
namespace {

using namespace detail;

enum class Kernel { thin_plate, cubic, linear };

Kernel kernel_of(const PodRbfOptions& options) {
  return options.kernel == "cubic" ? Kernel::cubic : options.kernel == "linear" ? Kernel::linear : Kernel::thin_plate;
}

double radial(Kernel kernel, double squared_distance) {
  const double r = std::sqrt(squared_distance);
  if (kernel == Kernel::linear) return -r;
  if (kernel == Kernel::cubic) return squared_distance * r;
  return r > 0 ? squared_distance * std::log(r) : 0;
}

/// phi of all points, 1, z.
Eigen::RowVectorXd features(Kernel kernel, const Matrix& points, const Eigen::RowVectorXd& z) {
  const Eigen::Index n = points.rows(), d = points.cols();
  Eigen::RowVectorXd f(n + 1 + d);
  for (Eigen::Index i = 0; i < n; ++i) f[i] = radial(kernel, (points.row(i) - z).squaredNorm());
  f[n] = 1;
  f.tail(d) = z;
  return f;
}

/// Of the saddle-point system of functions and polynomials.
Matrix interpolate(Kernel kernel, const Matrix& points, const Matrix& values, double smoothing) {
  const Eigen::Index n = points.rows(), all = n + 1 + points.cols();
  Matrix system = Matrix::Zero(all, all), right = Matrix::Zero(all, values.cols());
  for (Eigen::Index i = 0; i < n; ++i) system.row(i) = features(kernel, points, points.row(i));
  system.bottomLeftCorner(all - n, n) = system.topRightCorner(n, all - n).transpose();
  system.diagonal().head(n).array() += smoothing;
  right.topRows(n) = values;
  return solve_general(system, right);
}

SampleFunction predictor(Kernel kernel, const PodSpaces& spaces, const Matrix& points, const Matrix& regression) {
  return [=](std::span<const float> x, std::span<float> y) {
    spaces.fields((features(kernel, points, spaces.coordinates(x).transpose()) * regression).cast<float>(), y);
  };
}

}  // namespace

Weights fit_pod_rbf(const Dataset& train, const Dataset& valid, const ModelInfo& info) {
  PodRbfOptions options;
  read_options(options, info.options, "pod_rbf", {"name"});
  if (options.input_modes.empty() || options.smoothing.empty())
    fail<ConfigError>("pod_rbf", "input_modes and smoothing must hold at least one candidate each");
  const ScaledSamples learn = scaled_samples(train, info, {.limit = options.samples});
  const ScaledSamples test = scaled_samples(valid, info, {.limit = validation_samples, .channels = learn.channels});
  auto [inputs, parameters] = input_coordinates(learn, 0, *std::ranges::max_element(options.input_modes));
  const Eigen::Index all = inputs.scale.size();
  if (all > parameters) inputs.scale.tail(all - parameters).setConstant(inputs.scale[parameters]);
  const Pod outputs = decompose(learn.outputs, options.output_modes);
  const Eigen::Index most = std::min<Eigen::Index>(all, inputs.coefficients.rows() - 2);
  const Kernel kernel = kernel_of(options);

  Weights weights;
  double least = std::numeric_limits<double>::infinity();
  Eigen::Index last = 0;
  for (const int candidate : options.input_modes) {
    const Eigen::Index modes = std::min<Eigen::Index>(parameters + candidate, most);
    if (modes < 1 || modes == std::exchange(last, modes)) continue;
    const PodSpaces spaces = pod_spaces(inputs, modes, outputs, outputs.scale.size());
    const Matrix points = scaled_coefficients(inputs, modes);
    for (const double smoothing : options.smoothing) {
      const Matrix regression = interpolate(kernel, points, outputs.coefficients, smoothing);
      const double error = mean_error(predictor(kernel, spaces, points, regression), test);
      if (!(error < least)) continue;
      least = error;
      weights.clear();
      weights.emplace_back("channels", channel_array(learn.channels));
      spaces.append_to(weights);
      weights.emplace_back("points", array_of(points));
      weights.emplace_back("regression", array_of(regression));
    }
  }
  if (weights.empty())
    fail<DataError>("pod_rbf", "no candidate of input_modes and smoothing gives finite fields; are samples repeated? ",
                    "Give smoothing > 0");
  return weights;
}

std::unique_ptr<SurrogateInterface> load_pod_rbf(const ModelFile& model) {
  PodRbfOptions options;
  read_options(options, model.info.options, "pod_rbf", {"name"});
  std::vector<int> channels = channel_list(model);
  const PodSpaces spaces = read_pod_spaces(model, channels.size());
  const Matrix points = matrix_of(weight(model, "points", DType::f64, 2));
  const Eigen::Index d = spaces.in_modes.rows();
  if (points.cols() != d) fail<DataError>("pod_rbf", "points of ", points.cols(), " coordinates must have ", d);
  const Matrix regression = read_regression(model, "regression", points.rows() + 1 + d, spaces);
  return make_scaled_surrogate(model.info, {.channels = std::move(channels),
                                            .predict = predictor(kernel_of(options), spaces, points, regression)});
}

}  // namespace marea
