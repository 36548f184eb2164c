// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "pod.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <marea/io/error.hpp>

namespace marea::detail {

Eigen::Index Pod::leading(double rest, Eigen::Index most) const {
  const double all = scale.squaredNorm();
  Eigen::Index count = 1;
  double held = scale.size() > 0 ? scale[0] * scale[0] : 0;
  while (count < std::min<Eigen::Index>(most, scale.size()) && all - held > rest * all) {
    held += scale[count] * scale[count];
    ++count;
  }
  return std::min<Eigen::Index>(count, scale.size());
}

Pod decompose(const HostArray& table, int most) {
  Pod pod;
  pod.mean = rows(table).cast<double>().colwise().mean().cast<float>();
  const RowsF centred = rows(table).rowwise() - pod.mean;
  const Eigen::Index samples = centred.rows();
  const auto [values, vectors] = symmetric_eigen(inner_products(centred));
  Eigen::Index count = 0;
  while (count < std::min<Eigen::Index>(most, samples) && values[count] > 1e-12 * values[0]) ++count;
  pod.coefficients = vectors.leftCols(count) * values.head(count).cwiseSqrt().asDiagonal();
  const Matrix weights = vectors.leftCols(count) * values.head(count).cwiseSqrt().cwiseInverse().asDiagonal();
  pod.modes = (weights.transpose() * centred.cast<double>()).cast<float>();
  pod.scale = (values.head(count) / static_cast<double>(samples)).cwiseSqrt();
  return pod;
}

InputCoordinates input_coordinates(const ScaledSamples& samples, double rest, int most) {
  const auto table = rows(samples.inputs);
  const Eigen::Index count = table.rows(), channels = std::ssize(samples.channels), cells = table.cols() / channels;
  std::vector<Eigen::Index> single, spread;
  for (Eigen::Index c = 0; c < channels; ++c) {
    const auto channel = table.middleCols(c * cells, cells);
    const bool one_value = cells > 1 && (channel.colwise() - channel.col(0)).cwiseAbs().maxCoeff() == 0;
    (one_value ? single : spread).push_back(c);
  }
  HostArray others(DType::f32, {count, std::ssize(spread) * cells});
  for (Eigen::Index s = 0; s < count; ++s)
    for (std::size_t c = 0; c < spread.size(); ++c)
      std::copy_n(table.row(s).data() + spread[c] * cells, cells,
                  others.ref()[s].as<float>() + static_cast<Eigen::Index>(c) * cells);
  const Pod fields = spread.empty() ? Pod{} : decompose(others, static_cast<int>(count));
  const Eigen::Index modes = spread.empty() ? 0 : fields.leading(rest, most), parameters = std::ssize(single);

  InputCoordinates out{{}, parameters};
  out.pod.mean = table.cast<double>().colwise().mean().cast<float>();
  out.pod.modes = RowsF::Zero(parameters + modes, table.cols());
  out.pod.coefficients = Matrix(count, parameters + modes);
  out.pod.scale = Vector(parameters + modes);
  for (Eigen::Index p = 0; p < parameters; ++p) {
    const Eigen::Index first = single[static_cast<std::size_t>(p)] * cells;
    out.pod.modes.row(p).segment(first, cells).setConstant(1.0f / static_cast<float>(cells));
    out.pod.coefficients.col(p) = table.col(first).cast<double>().array() - static_cast<double>(out.pod.mean[first]);
    const double deviation = out.pod.coefficients.col(p).norm() / std::sqrt(static_cast<double>(count));
    out.pod.scale[p] = deviation > 0 ? deviation : 1;
  }
  for (std::size_t c = 0; c < spread.size(); ++c)
    out.pod.modes.block(parameters, spread[c] * cells, modes, cells) =
        fields.modes.block(0, static_cast<Eigen::Index>(c) * cells, modes, cells);
  if (modes > 0) {
    out.pod.coefficients.rightCols(modes) = fields.coefficients.leftCols(modes);
    out.pod.scale.tail(modes) = fields.scale.head(modes);
  }
  return out;
}

Matrix scaled_coefficients(const Pod& pod, Eigen::Index modes) {
  return pod.coefficients.leftCols(modes) * pod.scale.head(modes).cwiseInverse().asDiagonal();
}

PodSpaces pod_spaces(const Pod& inputs, Eigen::Index in, const Pod& outputs, Eigen::Index out) {
  return {inputs.mean, inputs.modes.topRows(in), inputs.scale.head(in).transpose(), outputs.mean,
          outputs.modes.topRows(out)};
}

PodSpaces read_pod_spaces(const ModelFile& model, std::size_t channels) {
  const auto single = [&](const char* name) { return RowsF(rows(weight(model, name, DType::f32, 2))); };
  PodSpaces spaces{single("input_mean"), single("input_modes"), matrix_of(weight(model, "input_scale", DType::f64, 2)),
                   single("output_mean"), single("output_modes")};
  const Eigen::Index cells = cells_of(model.info);
  const Eigen::Index in = static_cast<Eigen::Index>(channels) * cells;
  const Eigen::Index out = std::ssize(model.info.output_channels) * cells;
  const auto fits = [](const auto& table, Eigen::Index rows, Eigen::Index columns) {
    return table.rows() == rows && table.cols() == columns;
  };
  if (!fits(spaces.in_mean, 1, in) || spaces.in_modes.cols() != in ||
      !fits(spaces.in_scale, 1, spaces.in_modes.rows()) || !fits(spaces.out_mean, 1, out) ||
      spaces.out_modes.cols() != out)
    fail<DataError>(model.info.name, "means and modes do not fit ", channels, " input and ",
                    model.info.output_channels.size(), " output channels of ", cells, " cells");
  return spaces;
}

Matrix read_regression(const ModelFile& model, const std::string& name, Eigen::Index rows, const PodSpaces& spaces) {
  Matrix matrix = matrix_of(weight(model, name, DType::f64, 2));
  if (matrix.rows() != rows || matrix.cols() != spaces.out_modes.rows())
    fail<DataError>(model.info.name, "'", name, "' of ", matrix.rows(), " x ", matrix.cols(), " must be ", rows, " x ",
                    spaces.out_modes.rows());
  return matrix;
}

Vector PodSpaces::coordinates(std::span<const float> in) const {
  const Eigen::Map<const Eigen::RowVectorXf> input(in.data(), std::ssize(in));
  const Vector coefficients = (in_modes * (input - in_mean.row(0)).transpose()).cast<double>();
  return coefficients.cwiseQuotient(in_scale.row(0).transpose());
}

void PodSpaces::fields(const Eigen::RowVectorXf& coefficients, std::span<float> out) const {
  Eigen::Map<Eigen::RowVectorXf>(out.data(), std::ssize(out)) = out_mean.row(0) + coefficients * out_modes;
}

void PodSpaces::append_to(Weights& weights) const {
  weights.emplace_back("input_mean", array_of(in_mean));
  weights.emplace_back("input_modes", array_of(in_modes));
  weights.emplace_back("input_scale", array_of(in_scale));
  weights.emplace_back("output_mean", array_of(out_mean));
  weights.emplace_back("output_modes", array_of(out_modes));
}

}  // namespace marea::detail
