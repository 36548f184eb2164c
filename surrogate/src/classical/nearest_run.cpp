// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/classical/nearest_run.hpp>

#include <algorithm>
#include <limits>

#include <marea/io/error.hpp>

#include "scaled_samples.hpp"

namespace marea {
namespace {

double squared_distance(std::span<const float> a, const float* b, double limit) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size() && sum < limit;) {
    const std::size_t end = std::min(i + 4096, a.size());
    for (; i < end; ++i) {
      const double d = static_cast<double>(a[i]) - b[i];
      sum += d * d;
    }
  }
  return sum;
}

}  // namespace

Weights fit_nearest_run(const Dataset& train, const Dataset&, const ModelInfo& info) {
  NearestRunOptions options;
  read_options(options, info.options, "nearest_run", {"name"});
  detail::ScaledSamples samples = detail::scaled_samples(train, info, {.limit = options.samples});
  Weights weights;
  weights.emplace_back("channels", detail::channel_array(samples.channels));
  weights.emplace_back("inputs", std::move(samples.inputs));
  weights.emplace_back("outputs", std::move(samples.outputs));
  return weights;
}

std::unique_ptr<SurrogateInterface> load_nearest_run(const ModelFile& model) {
  HostArray inputs = detail::weight(model, "inputs", DType::f32, 2);
  HostArray outputs = detail::weight(model, "outputs", DType::f32, 2);
  std::vector<int> channels = detail::channel_list(model);
  const std::int64_t cells = detail::cells_of(model.info);
  if (inputs.extents()[0] < 1 || inputs.extents()[0] != outputs.extents()[0] ||
      inputs.extents()[1] != std::ssize(channels) * cells ||
      outputs.extents()[1] != std::ssize(model.info.output_channels) * cells)
    fail<DataError>("nearest_run", "inputs ", to_string(inputs.ref()), " and outputs ", to_string(outputs.ref()),
                    " do not fit ", channels.size(), " channels of ", cells, " cells");
  auto nearest = [inputs = std::move(inputs), outputs = std::move(outputs)](std::span<const float> in,
                                                                            std::span<float> out) {
    std::int64_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::int64_t s = 0; s < inputs.extents()[0]; ++s) {
      const double distance = squared_distance(in, inputs.ref()[s].as<float>(), least);
      if (distance >= least) continue;
      least = distance;
      best = s;
    }
    std::copy_n(outputs.ref()[best].as<float>(), out.size(), out.begin());
  };
  return detail::make_scaled_surrogate(model.info, {.channels = std::move(channels), .predict = std::move(nearest)});
}

}  // namespace marea
