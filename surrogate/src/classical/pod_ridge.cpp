// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/classical/pod_ridge.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Dense>

#include <marea/io/error.hpp>

#include "scaled_samples.hpp"

namespace marea {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;
using RowsF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const RowsF> rows(const HostArray& array) {
  return {array.values<float>().data(), array.extents()[0], array.extents()[1]};
}

/// The leading modes of a table of samples.
struct Pod {
  Eigen::RowVectorXf mean;
  RowsF modes;          ///< (modes, values), orthonormal
  Matrix coefficients;  ///< (samples, modes)
  Vector scale;         ///< deviation of each coefficient
};

/// Method of snapshots: the eigenvectors of the table of inner products of the samples.
Pod decompose(const HostArray& table, int most) {
  Pod pod;
  pod.mean = rows(table).cast<double>().colwise().mean().cast<float>();
  const RowsF centred = rows(table).rowwise() - pod.mean;
  const Eigen::Index samples = centred.rows();
  Matrix products(samples, samples);
  for (Eigen::Index i = 0; i < samples; ++i)
    for (Eigen::Index j = 0; j <= i; ++j)
      products(i, j) = products(j, i) = centred.row(i).cast<double>().dot(centred.row(j).cast<double>());
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(products);
  const Vector values = solver.eigenvalues().reverse();
  const Matrix vectors = solver.eigenvectors().rowwise().reverse();
  // Modes under single precision's round-off of the first are noise of the samples.
  Eigen::Index count = 0;
  while (count < std::min<Eigen::Index>(most, samples) && values[count] > 1e-12 * values[0]) ++count;
  pod.coefficients = vectors.leftCols(count) * values.head(count).cwiseSqrt().asDiagonal();
  const Matrix weights = vectors.leftCols(count) * values.head(count).cwiseSqrt().cwiseInverse().asDiagonal();
  pod.modes = (weights.transpose() * centred.cast<double>()).cast<float>();
  pod.scale = (values.head(count) / static_cast<double>(samples)).cwiseSqrt();
  return pod;
}

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
  Matrix table;
  for (Eigen::Index s = 0; s < inputs.coefficients.rows(); ++s) {
    const Vector z = inputs.coefficients.row(s).head(modes).transpose().cwiseQuotient(inputs.scale.head(modes));
    const Vector f = features(z, quadratic);
    if (s == 0) table.resize(inputs.coefficients.rows(), f.size());
    table.row(s) = f.transpose();
  }
  return table;
}

/// B of least |F B - A|^2 + ridge |samples| |B|^2, the constant feature unpenalised.
Matrix regress(const Matrix& f, const Matrix& a, double ridge) {
  Matrix normal = f.transpose() * f;
  const double penalty = ridge * static_cast<double>(f.rows());
  for (Eigen::Index i = 1; i < normal.rows(); ++i) normal(i, i) += penalty;
  return normal.ldlt().solve(f.transpose() * a);
}

/// Rows of `table` whose run is, or is not, one of every fourth.
Matrix part(const Matrix& table, const std::vector<std::int64_t>& run, bool held_out) {
  std::vector<Eigen::Index> chosen;
  for (std::size_t s = 0; s < run.size(); ++s)
    if ((run[s] % 4 == 3) == held_out) chosen.push_back(static_cast<Eigen::Index>(s));
  return table(chosen, Eigen::all);
}

HostArray array_of(const Matrix& matrix) {
  HostArray array(DType::f64, {matrix.rows(), matrix.cols()});
  std::copy_n(matrix.data(), matrix.size(), array.values<double>().begin());
  return array;
}
HostArray array_of(const RowsF& matrix) {
  HostArray array(DType::f32, {matrix.rows(), matrix.cols()});
  std::copy_n(matrix.data(), matrix.size(), array.values<float>().begin());
  return array;
}

Matrix matrix_of(const HostArray& array) {
  return Eigen::Map<const Matrix>(array.values<double>().data(), array.extents()[0], array.extents()[1]);
}

struct Choice {
  int modes = 0;
  double ridge = 0, error = std::numeric_limits<double>::infinity();
};

Choice choose(const PodRidgeOptions& options, const Pod& inputs, const Pod& outputs, const std::vector<std::int64_t>& run) {
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
      error.leftCols(out) += test * regress(learn, part(outputs.coefficients.leftCols(out), run, false), ridge);
      if (const double norm = error.norm(); norm < best.error) best = {modes, ridge, norm};
    }
  }
  return best;
}

}  // namespace

std::vector<std::pair<std::string, HostArray>> fit_pod_ridge(const Dataset& train, const ModelInfo& info) {
  PodRidgeOptions options;
  read_options(options, info.options, "pod_ridge", {"name"});
  if (options.modes.empty() || options.ridge.empty())
    fail<ConfigError>("pod_ridge", "modes and ridge must hold at least one candidate each");
  detail::ScaledSamples samples = detail::scaled_samples(train, info, options.samples);
  const int most = *std::ranges::max_element(options.modes);
  const Pod inputs = decompose(samples.inputs, most), outputs = decompose(samples.outputs, most);
  const Choice choice = choose(options, inputs, outputs, samples.run);
  const auto in = std::min<Eigen::Index>(choice.modes, inputs.scale.size());
  const auto out = std::min<Eigen::Index>(choice.modes, outputs.scale.size());
  const Matrix f = feature_table(inputs, in, options.features == "quadratic");

  std::vector<std::pair<std::string, HostArray>> weights;
  weights.emplace_back("channels", detail::channel_array(samples.channels));
  weights.emplace_back("input_mean", array_of(RowsF(inputs.mean)));
  weights.emplace_back("input_modes", array_of(RowsF(inputs.modes.topRows(in))));
  weights.emplace_back("input_scale", array_of(Matrix(inputs.scale.head(in).transpose())));
  weights.emplace_back("output_mean", array_of(RowsF(outputs.mean)));
  weights.emplace_back("output_modes", array_of(RowsF(outputs.modes.topRows(out))));
  weights.emplace_back("regression", array_of(regress(f, outputs.coefficients.leftCols(out), choice.ridge)));
  return weights;
}

std::unique_ptr<SurrogateInterface> load_pod_ridge(const ModelFile& model) {
  PodRidgeOptions options;
  read_options(options, model.info.options, "pod_ridge", {"name"});
  const bool quadratic = options.features == "quadratic";
  const auto single = [&](const char* name) { return RowsF(rows(detail::weight(model, name, DType::f32, 2))); };
  const auto twofold = [&](const char* name) { return matrix_of(detail::weight(model, name, DType::f64, 2)); };
  const RowsF in_mean = single("input_mean"), in_modes = single("input_modes");
  const RowsF out_mean = single("output_mean"), out_modes = single("output_modes");
  const Matrix scale = twofold("input_scale"), regression = twofold("regression");
  std::vector<int> channels = detail::channel_list(model);

  const Eigen::Index cells = detail::cells_of(model.info), n = in_modes.rows();
  const Eigen::Index in = std::ssize(channels) * cells, out = std::ssize(model.info.output_channels) * cells;
  if (in_mean.rows() != 1 || in_mean.cols() != in || in_modes.cols() != in || scale.rows() != 1 || scale.cols() != n ||
      out_mean.rows() != 1 || out_mean.cols() != out || out_modes.cols() != out || regression.cols() != out_modes.rows() ||
      regression.rows() != 1 + n + (quadratic ? n * (n + 1) / 2 : 0))
    fail<DataError>("pod_ridge", "means, modes and regression do not fit ", channels.size(), " input and ",
                    model.info.output_channels.size(), " output channels of ", cells, " cells");

  auto predict = [=](std::span<const float> x, std::span<float> y) {
    const Eigen::Map<const Eigen::RowVectorXf> input(x.data(), in);
    const Vector coefficients = (in_modes * (input - in_mean.row(0)).transpose()).cast<double>();
    const Vector f = features(coefficients.cwiseQuotient(scale.row(0).transpose()), quadratic);
    const Eigen::RowVectorXf state = (f.transpose() * regression).cast<float>();
    Eigen::Map<Eigen::RowVectorXf>(y.data(), out) = out_mean.row(0) + state * out_modes;
  };
  return detail::make_scaled_surrogate(model.info, std::move(channels), std::move(predict));
}

}  // namespace marea
