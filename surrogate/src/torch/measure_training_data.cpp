// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <numeric>

#include <marea/io/batch_loader.hpp>
#include <marea/io/statistics.hpp>
#include <marea/surrogate/torch/as_tensor.hpp>
#include <marea/surrogate/torch/normaliser.hpp>

#include "../training/train_network.hpp"

namespace marea::detail {
namespace {

using PerChannel = std::vector<RunningStatistics>;

/// Adds (B, C, …) to the statistics of each channel, sample by sample.
void add(PerChannel& statistics, const at::Tensor& tensor) {
  const at::Tensor values = tensor.contiguous();
  const auto channels = values.size(1);
  const auto cells = static_cast<std::size_t>(values.numel() / (values.size(0) * channels));
  const float* next = values.const_data_ptr<float>();
  for (std::int64_t b = 0; b < values.size(0); ++b)
    for (std::int64_t c = 0; c < channels; ++c, next += cells) statistics[c].add(std::span(next, cells));
}

std::vector<ChannelStatistics> listed(const std::vector<std::string>& channels, const PerChannel& of) {
  std::vector<ChannelStatistics> list;
  for (std::size_t c = 0; c < channels.size(); ++c)
    list.push_back({channels[c], of[c].mean(), of[c].standard_deviation(), of[c].rms(), of[c].minimum(), of[c].maximum()});
  return list;
}

double or_one(double scale) { return scale > 0 ? scale : 1; }

}  // namespace

void measure_training_data(const Dataset& data, ModelInfo& info) {
  const Normaliser normaliser(info);
  const NormaliserPlan& plan = normaliser.plan();
  const std::size_t inputs = info.input_channels.size(), outputs = info.output_channels.size();
  PerChannel in(inputs), out(outputs), scaled_in(inputs), scaled_out(outputs), increment(outputs);
  RunningStatistics amplitude;

  std::vector<std::int64_t> order(static_cast<std::size_t>(data.size()));
  std::iota(order.begin(), order.end(), 0);
  BatchLoader loader(data, std::move(order), 8);
  for (auto batch = loader.next(); batch.size > 0; batch = loader.next(std::move(batch))) {
    const at::Tensor x = as_tensor(batch.in.ref()), y = as_tensor(batch.out.ref()).select(1, 0);
    const auto [encoded, scale] = normaliser.encode_inputs(x);
    add(in, x);
    add(out, y);
    add(scaled_in, encoded);
    add(scaled_out, normaliser.encode_outputs(y, scale, x));
    if (scale.defined()) amplitude.add(std::span(scale.contiguous().const_data_ptr<float>(), scale.numel()));
    for (std::size_t c = 0; c < outputs; ++c) {
      const int source = newest_input(info, info.output_channels[c]);
      if (source < 0) continue;
      const at::Tensor difference = (y.select(1, static_cast<std::int64_t>(c)) - x.select(1, source)).contiguous();
      increment[c].add(std::span(difference.const_data_ptr<float>(), difference.numel()));
    }
  }

  info.input_statistics = listed(info.input_channels, in);
  info.output_statistics = listed(info.output_channels, out);
  info.envelope.clear();
  std::vector<ChannelStatistics> bounds;
  for (const ChannelStatistics& s : info.input_statistics) {
    const auto held = std::ranges::find(bounds, s.channel, &ChannelStatistics::channel);
    if (held == bounds.end()) {
      bounds.push_back(s);
    } else {  // another state of a history
      held->minimum = std::min(held->minimum, s.minimum);
      held->maximum = std::max(held->maximum, s.maximum);
    }
  }
  for (const ChannelStatistics& s : bounds) {
    info.envelope.emplace_back(s.channel + ".minimum", s.minimum);
    info.envelope.emplace_back(s.channel + ".maximum", s.maximum);
  }
  if (amplitude.count() > 0) {
    info.envelope.emplace_back("amplitude.minimum", amplitude.minimum());
    info.envelope.emplace_back("amplitude.maximum", amplitude.maximum());
  }
  for (std::size_t c = 0; c < outputs; ++c)
    if (increment[c].count() > 0)
      info.envelope.emplace_back(info.output_channels[c] + ".largest_increment",
                                 std::max(-increment[c].minimum(), increment[c].maximum()));

  NormaliserOptions options = plan.options;
  if (options.kind != "channel") return;
  // Outputs are 0 outside the mask: only the cells inside count.
  const double inside = plan.mask_channel < 0 ? 1 : or_one(in[plan.mask_channel].mean());
  const bool measure_mean = options.input_mean.empty(), measure_in = options.input_scale.empty();
  const bool measure_out = options.output_scale.empty();
  for (std::size_t c = 0; c < inputs; ++c) {
    if (measure_mean) options.input_mean.push_back(scaled_in[c].mean());
    if (measure_in) options.input_scale.push_back(or_one(scaled_in[c].standard_deviation()));
  }
  for (std::size_t c = 0; measure_out && c < outputs; ++c)
    options.output_scale.push_back(or_one(scaled_out[c].rms() / std::sqrt(inside)));
  info.normaliser = write_options(options);
}

}  // namespace marea::detail
