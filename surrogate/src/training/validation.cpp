// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "validation.hpp"

#include <algorithm>
#include <cmath>

#include <marea/io/batch_loader.hpp>
#include <marea/io/error.hpp>
#include <marea/surrogate/normaliser.hpp>

namespace marea::detail {
namespace {

/// The input of the next step in the place of the present one.
void advance(std::span<float> input, std::span<const float> output, const std::vector<std::int64_t>& sources,
             std::size_t cells) {
  for (std::size_t c = 0; c < sources.size(); ++c) {  // a source within the input lies behind c: not overwritten yet
    const auto from = static_cast<std::size_t>(sources[c]);
    if (from == c) continue;
    const bool held = from < sources.size();
    const float* values = held ? &input[from * cells] : &output[(from - sources.size()) * cells];
    std::copy_n(values, cells, &input[c * cells]);
  }
}

}  // namespace

std::vector<std::int64_t> next_input_sources(const ModelInfo& info) {
  const auto inputs = std::ssize(info.input_channels);
  std::vector<std::int64_t> sources;
  for (std::int64_t c = 0; c < inputs; ++c) {
    const std::string& channel = info.input_channels[c];
    const auto output = std::ranges::find(info.output_channels, channel);
    sources.push_back(output == info.output_channels.end() ? c : inputs + (output - info.output_channels.begin()));
    if (sources.back() == c) continue;
    for (std::int64_t later = inputs - 1; later > c; --later)
      if (info.input_channels[later] == channel) sources.back() = later;
  }
  return sources;
}

void require_rollout(const ModelInfo& info, int steps) {
  if (steps == 1) return;
  if (info.task != "step") fail<ConfigError>("train", "rollout = ", steps, " must be 1 for task = \"map\"");
  for (const FieldInfo& field : info.inputs) {
    const bool predicted = std::ranges::any_of(info.outputs, [&](const FieldInfo& f) { return f.name == field.name; });
    if (!predicted && (field.role == FieldRole::prognostic || field.role == FieldRole::derived))
      fail<ConfigError>("train", "rollout = ", steps, " needs the input '", field.name,
                        "', which changes in time, among the outputs; add it or take rollout = [1]");
  }
}

Validation::Validation(const TrainOptions& options, const ModelInfo& info, const Dataset& valid)
    : valid_(valid),
      steps_(options.validation_rollout > 0 ? options.validation_rollout : *std::ranges::max_element(options.rollout)),
      batch_(options.batch), mask_channel_(plan_normaliser(info).mask_channel), sources_(next_input_sources(info)) {
  require_rollout(info, steps_);
  for (const ChannelStatistics& s : info.output_statistics) unit_.push_back(s.rms > 0 ? s.rms : 1);
  const std::vector<std::int64_t> samples = valid_.rollout_samples(steps_);
  if (samples.empty()) fail<ConfigError>("train", "validation_rollout = ", steps_, " is longer than the validation runs");
  const std::int64_t first = valid_.step_of(samples.front());  // after the history, in each run
  for (const std::int64_t sample : samples)
    if ((valid_.step_of(sample) - first) % steps_ == 0) samples_.push_back(sample);
}

double Validation::error(const Surrogate& model) const {
  BatchLoader loader(valid_, samples_, batch_, steps_);
  double sum = 0;
  BatchLoader::Batch batch;
  for (batch = loader.next(); batch.size > 0; batch = loader.next(std::move(batch))) {
    const auto size = static_cast<std::size_t>(batch.size), inputs = sources_.size(), outputs = unit_.size();
    const std::span<float> input = batch.in.values<float>();
    const std::size_t cells = input.size() / (size * inputs), state = outputs * cells;
    std::vector<std::int64_t> shape(batch.out.extents().begin(), batch.out.extents().end());
    shape.erase(shape.begin() + 1);
    HostArray predicted(DType::f32, shape);

    std::vector<bool> counts(size * cells, true);
    for (std::size_t i = 0; mask_channel_ >= 0 && i < counts.size(); ++i)
      counts[i] = input[(i / cells * inputs + static_cast<std::size_t>(mask_channel_)) * cells + i % cells] >= 0.5f;

    std::vector<double> error(size, 0), norm(size, 0);
    for (std::size_t step = 0; step < static_cast<std::size_t>(steps_); ++step) {
      model.predict(batch.in.ref(), predicted.ref());
      for (std::size_t b = 0; b < size; ++b) {
        const std::span<const float> p = predicted.values<float>().subspan(b * state, state);
        const std::span<const float> t = batch.out.values<float>().subspan((b * steps_ + step) * state, state);
        for (std::size_t i = 0; i < state; ++i) {
          if (!counts[b * cells + i % cells]) continue;
          const double unit = unit_[i / cells], e = (static_cast<double>(p[i]) - t[i]) / unit, u = t[i] / unit;
          error[b] += e * e;
          norm[b] += u * u;
        }
        advance(input.subspan(b * inputs * cells, inputs * cells), p, sources_, cells);
      }
    }
    for (std::size_t b = 0; b < size; ++b) sum += std::sqrt(error[b] / std::max(norm[b], 1e-30));
  }
  return sum / static_cast<double>(samples_.size());
}

}  // namespace marea::detail
