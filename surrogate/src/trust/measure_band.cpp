// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "band_data.hpp"

namespace marea::detail {
namespace {

constexpr int most_samples = 128;
constexpr double least_difficulty = 0.05;  // of the mean over cells

std::vector<float> channel_of(const ArrayRef& array, int channel) {
  const HostArray copy(DType::f32, array[channel].extents());
  copy_converting(array[channel], copy.ref());
  return {copy.values<float>().begin(), copy.values<float>().end()};
}

/// Magnitude of the error over the sample's scale, of one sample, channel and cell.
using Visit = std::function<void(std::int64_t channel, std::int64_t cell, double error)>;

/// \return  runs looked at
std::int64_t visit_errors(const Surrogate& model, const Dataset& data, const Visit& visit) {
  const ModelInfo& info = model.info();
  const auto shape = [&](const std::vector<std::string>& channels) {
    std::vector<std::int64_t> extents{std::ssize(channels)};
    extents.insert(extents.end(), info.extents.begin(), info.extents.end());
    return extents;
  };
  const HostArray in(DType::f32, shape(info.input_channels)), truth(DType::f32, shape(info.output_channels)),
      predicted(DType::f32, shape(info.output_channels));
  std::set<std::int64_t> runs;
  const std::int64_t count = std::min<std::int64_t>(most_samples, data.size());
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t sample = i * data.size() / count;
    data.read(sample, in.ref(), truth.ref());
    model.predict(in.ref(), predicted.ref());
    runs.insert(data.run_of(sample));
    const BandScale scale(in.ref(), info);
    for (std::int64_t c = 0; c < std::ssize(info.output_channels); ++c) {
      const float *p = predicted.ref()[c].as<float>(), *t = truth.ref()[c].as<float>();
      for (std::int64_t cell = 0; cell < scale.cells(); ++cell)
        if (scale.inside(cell))
          visit(c, cell, std::abs(static_cast<double>(p[cell]) - t[cell]) / scale.of(c));
    }
  }
  return std::ssize(runs);
}

/// Root mean square errors, each at least a share of the mean over the cells seen.
void write_difficulty(const std::vector<double>& squares, const std::vector<std::int64_t>& counts, float* out) {
  double mean = 0;
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < squares.size(); ++i) {
    if (counts[i] == 0) continue;
    mean += std::sqrt(squares[i] / static_cast<double>(counts[i]));
    ++seen;
  }
  mean = seen > 0 ? mean / static_cast<double>(seen) : 0;
  const double least = mean > 0 ? least_difficulty * mean : 1e-30;
  for (std::size_t i = 0; i < squares.size(); ++i) {
    const double own = counts[i] == 0 ? mean : std::sqrt(squares[i] / static_cast<double>(counts[i]));
    out[i] = static_cast<float>(std::max(own, least));
  }
}

}  // namespace

BandScale::BandScale(const ArrayRef& in, const ModelInfo& info) : plan_(plan_normaliser(info)) {
  cells_ = in[0].size();
  if (plan_.mask_channel >= 0) mask_ = channel_of(in, plan_.mask_channel);
  if (plan_.amplitude_channel < 0) return;
  amplitude_ = amplitude_floor;
  for (const float v : channel_of(in, plan_.amplitude_channel)) amplitude_ = std::max<double>(amplitude_, std::abs(v));
}

Weights measure_band(const Surrogate& model, const Dataset& train, const Dataset& valid) {
  const ModelInfo& info = model.info();
  const std::int64_t channels = std::ssize(info.output_channels);
  std::int64_t cells = 1;
  for (const std::int64_t n : info.extents) cells *= n;
  const auto table = [&](auto zero) {
    return std::vector(static_cast<std::size_t>(channels), std::vector(static_cast<std::size_t>(cells), zero));
  };
  auto squares = table(0.0);
  auto counts = table(std::int64_t{0});
  visit_errors(model, train, [&](std::int64_t c, std::int64_t cell, double error) {
    squares[static_cast<std::size_t>(c)][static_cast<std::size_t>(cell)] += error * error;
    ++counts[static_cast<std::size_t>(c)][static_cast<std::size_t>(cell)];
  });
  HostArray difficulty(DType::f32, {channels, cells}), quantiles(DType::f64, {channels, band_levels});
  for (std::int64_t c = 0; c < channels; ++c)
    write_difficulty(squares[static_cast<std::size_t>(c)], counts[static_cast<std::size_t>(c)],
                     difficulty.ref()[c].as<float>());

  std::vector<std::vector<float>> scores(static_cast<std::size_t>(channels));
  const std::int64_t runs = visit_errors(model, valid, [&](std::int64_t c, std::int64_t cell, double error) {
    scores[static_cast<std::size_t>(c)].push_back(static_cast<float>(error / difficulty.ref()[c].as<float>()[cell]));
  });
  for (std::int64_t c = 0; c < channels; ++c) {
    auto& own = scores[static_cast<std::size_t>(c)];
    if (own.empty()) own.push_back(0);
    std::ranges::sort(own);
    for (std::int64_t level = 0; level < band_levels; ++level) {
      const double share = static_cast<double>(level) / static_cast<double>(band_levels - 1);
      const double raised = std::min(1.0, share * (1 + 1 / static_cast<double>(std::max<std::int64_t>(runs, 1))));
      const auto at = static_cast<std::size_t>(raised * static_cast<double>(own.size() - 1));
      quantiles.ref()[c].as<double>()[level] = own[at];
    }
  }
  Weights data;
  data.emplace_back(band_difficulty, std::move(difficulty));
  data.emplace_back(band_quantiles, std::move(quantiles));
  return data;
}

}  // namespace marea::detail
