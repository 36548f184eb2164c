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
      fail<DataError>(model.info.name, "'", name, "' = ", to_string(array.ref()), " must be ", to_string(dtype),
                      " of rank ", rank);
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
      fail<DataError>(model.info.name, "channel ", c, " lies outside the ", model.info.input_channels.size(),
                      " inputs");
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
  const std::int64_t cells = samples.inputs.extents()[1] / std::ssize(samples.channels), channels = values / cells;
  const auto square = [](float x) { return static_cast<double>(x) * x; };
  std::vector<double> least(static_cast<std::size_t>(channels)), sum(least.size());  // least: a tenth of the rms counts
  for (std::int64_t i = 0; i < samples.outputs.size(); ++i)
    least[static_cast<std::size_t>(i % values / cells)] +=
        0.01 * square(samples.outputs.values<float>()[i]) / static_cast<double>(count);
  std::vector<float> out(static_cast<std::size_t>(values));
  for (std::int64_t s = 0; s < count; ++s) {
    predict({samples.inputs.ref()[s].as<float>(), static_cast<std::size_t>(samples.inputs.extents()[1])}, out);
    const float* target = samples.outputs.ref()[s].as<float>();
    for (std::size_t c = 0; c < least.size(); ++c) {
      double error = 0, size = 0;
      for (auto i = c * static_cast<std::size_t>(cells); i < (c + 1) * static_cast<std::size_t>(cells); ++i) {
        error += square(out[i] - target[i]);
        size += square(target[i]);
      }
      if (least[c] > 0) sum[c] += std::sqrt(error / std::max(size, least[c])) / static_cast<double>(count);
    }
  }
  double logarithms = 0, counted = 0;
  for (std::size_t c = 0; c < least.size(); ++c) {
    if (!(least[c] > 0)) continue;
    logarithms += std::log(sum[c] + 1e-12);
    ++counted;
  }
  return counted > 0 ? std::exp(logarithms / counted) : 0;
}

}  // namespace marea::detail
