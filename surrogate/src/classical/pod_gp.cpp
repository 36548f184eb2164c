// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/classical/pod_gp.hpp>

#include <cmath>
#include <exception>

#include <marea/io/error.hpp>

#include "gaussian_process.hpp"
#include "pod.hpp"

namespace marea {
namespace {

using namespace detail;

Covariance covariance_of(const PodGpOptions& options) {
  return options.kernel == "matern52" ? Covariance::matern52 : Covariance::squared_exponential;
}

/// One process for each output coefficient.
struct Processes {
  PodSpaces spaces;
  std::vector<GaussianProcess> of;
  Vector scale;  ///< of each coefficient

  void predict(std::span<const float> x, std::span<float> y) const {
    const Eigen::RowVectorXd z = spaces.coordinates(x).transpose();
    Eigen::RowVectorXf coefficients(std::ssize(of));
    for (Eigen::Index c = 0; c < coefficients.size(); ++c)
      coefficients[c] = static_cast<float>(scale[c] * of[c].mean(z));
    spaces.fields(coefficients, y);
  }

  void deviation(std::span<const float> x, std::span<float> y) const {
    const Eigen::RowVectorXd z = spaces.coordinates(x).transpose();
    Eigen::RowVectorXf variances(std::ssize(of));
    for (Eigen::Index c = 0; c < variances.size(); ++c)
      variances[c] = static_cast<float>(scale[c] * scale[c] * of[c].variance(z));
    Eigen::Map<Eigen::RowVectorXf>(y.data(), std::ssize(y)) = (variances * spaces.out_modes.cwiseAbs2()).cwiseSqrt();
  }
};

/// The hyperparameters of each column of targets: (coefficients, 2 + coordinates).
Matrix learn_hyperparameters(Covariance covariance, const Matrix& points, const Matrix& targets, int iterations) {
  Matrix all(targets.cols(), 2 + points.cols());
  std::exception_ptr error;
#pragma omp parallel for schedule(dynamic)
  for (Eigen::Index c = 0; c < targets.cols(); ++c) {
    try {
      all.row(c) = most_likely(covariance, points, targets.col(c), iterations).transpose();
    } catch (...) {
#pragma omp critical(pod_gp_error)
      error = std::current_exception();
    }
  }
  if (error) std::rethrow_exception(error);
  return all;
}

}  // namespace

Weights fit_pod_gp(const Dataset& train, const Dataset&, const ModelInfo& info) {
  PodGpOptions options;
  read_options(options, info.options, "pod_gp", {"name"});
  const ScaledSamples learn = scaled_samples(train, info, {.limit = options.samples});
  const Pod inputs = input_coordinates(learn, 1e-3, options.input_modes).pod;
  const Pod outputs = decompose(learn.outputs, options.samples);
  const Eigen::Index in = inputs.scale.size(), out = outputs.leading(1e-4, options.output_modes);
  const Matrix points = scaled_coefficients(inputs, in), targets = scaled_coefficients(outputs, out);
  const Matrix hyperparameters = learn_hyperparameters(covariance_of(options), points, targets, options.iterations);
  Matrix likelihood(out, 1);
  for (Eigen::Index c = 0; c < out; ++c)
    likelihood(c, 0) =
        GaussianProcess(covariance_of(options), points, targets.col(c), hyperparameters.row(c).transpose())
            .log_likelihood();

  Weights weights;
  weights.emplace_back("channels", channel_array(learn.channels));
  pod_spaces(inputs, in, outputs, out).append_to(weights);
  weights.emplace_back("output_scale", array_of(Matrix(outputs.scale.head(out))));
  weights.emplace_back("points", array_of(points));
  weights.emplace_back("targets", array_of(Matrix(targets.transpose())));
  weights.emplace_back("hyperparameters", array_of(hyperparameters));
  weights.emplace_back("likelihood", array_of(likelihood));
  return weights;
}

std::unique_ptr<SurrogateInterface> load_pod_gp(const ModelFile& model) {
  PodGpOptions options;
  read_options(options, model.info.options, "pod_gp", {"name"});
  std::vector<int> channels = channel_list(model);
  auto processes = std::make_shared<Processes>(Processes{read_pod_spaces(model, channels.size()), {}, {}});
  const auto twofold = [&](const char* name) { return matrix_of(weight(model, name, DType::f64, 2)); };
  const Matrix points = twofold("points"), targets = twofold("targets"), hyperparameters = twofold("hyperparameters");
  const Matrix scale = twofold("output_scale");
  const Eigen::Index in = processes->spaces.in_modes.rows(), out = processes->spaces.out_modes.rows();
  if (points.cols() != in || targets.rows() != out || targets.cols() != points.rows() ||
      hyperparameters.rows() != out || hyperparameters.cols() != 2 + in || scale.rows() != out || scale.cols() != 1 ||
      !(hyperparameters.array() > 0).all())
    fail<DataError>("pod_gp", "points, targets and hyperparameters do not fit ", in, " coordinates and ", out,
                    " coefficients");
  processes->scale = scale.col(0);
  for (Eigen::Index c = 0; c < out; ++c)
    processes->of.emplace_back(covariance_of(options), points, targets.row(c).transpose(),
                               hyperparameters.row(c).transpose());
  const auto predict = [processes](std::span<const float> x, std::span<float> y) { processes->predict(x, y); };
  const auto deviation = [processes](std::span<const float> x, std::span<float> y) { processes->deviation(x, y); };
  return make_scaled_surrogate(model.info,
                               {.channels = std::move(channels), .predict = predict, .deviation = deviation});
}

}  // namespace marea
