// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "scaled_samples.hpp"

#include <algorithm>
#include <cmath>

#include <marea/io/error.hpp>

namespace marea::detail {

const HostArray& weight(const ModelFile& model, const std::string& name, DType dtype, int rank) {
  for (const auto& [held, array] : model.weights) {
    if (held != name) continue;
    if (array.dtype() != dtype || std::ssize(array.extents()) != rank)
      fail<DataError>(model.info.name, "'", name, "' = ", to_string(array.ref()), " must be ", to_string(dtype), " of rank ", rank);
    return array;
  }
  fail<DataError>(model.info.name, "array '", name, "' is missing");
}

HostArray channel_array(const std::vector<int>& channels) {
  HostArray array(DType::i64, {std::ssize(channels)});
  std::ranges::copy(channels, array.values<std::int64_t>().begin());
  return array;
}

std::vector<int> channel_list(const ModelFile& model) {
  std::vector<int> channels;
  for (const std::int64_t c : weight(model, "channels", DType::i64, 1).values<std::int64_t>()) {
    if (c < 0 || c >= std::ssize(model.info.input_channels))
      fail<DataError>(model.info.name, "channel ", c, " lies outside the ", model.info.input_channels.size(), " inputs");
    channels.push_back(static_cast<int>(c));
  }
  return channels;
}

std::int64_t cells_of(const ModelInfo& info) {
  std::int64_t cells = 1;
  for (std::int64_t n : info.extents) cells *= n;
  return cells;
}

double mean_error(const SampleFunction& predict, const ScaledSamples& samples) {
  const std::int64_t count = samples.outputs.extents()[0], values = samples.outputs.extents()[1];
  const std::int64_t cells = samples.inputs.extents()[1] / std::ssize(samples.channels);
  std::vector<double> inverse(static_cast<std::size_t>(values / cells));  // of each channel's mean square
  const auto square = [](float x) { return static_cast<double>(x) * x; };
  for (std::int64_t i = 0; i < samples.outputs.size(); ++i)
    inverse[static_cast<std::size_t>(i % values / cells)] += square(samples.outputs.values<float>()[i]);
  for (double& x : inverse) x = x > 0 ? static_cast<double>(count) / x : 0;
  std::vector<float> out(static_cast<std::size_t>(values));
  double sum = 0;
  for (std::int64_t s = 0; s < count; ++s) {
    const auto input = samples.inputs.ref()[s];
    predict({input.as<float>(), static_cast<std::size_t>(samples.inputs.extents()[1])}, out);
    const float* target = samples.outputs.ref()[s].as<float>();
    double error = 0, size = 0;
    for (std::int64_t i = 0; i < values; ++i) {
      const double unit = inverse[static_cast<std::size_t>(i / cells)];
      error += unit * square(out[static_cast<std::size_t>(i)] - target[i]);
      size += unit * square(target[i]);
    }
    sum += std::sqrt(error / (size > 0 ? size : 1));
  }
  return sum / static_cast<double>(count);
}

}  // namespace marea::detail
