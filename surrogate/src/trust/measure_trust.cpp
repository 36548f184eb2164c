// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "../classical/pod.hpp"
#include "measures.hpp"
#include "trust_data.hpp"

namespace marea::detail {
namespace {

constexpr int most_training = 256, most_validation = 128, most_modes = 24;
constexpr double rest_of_variance = 1e-3;
constexpr int folds = 5;
/// No alarm up to here, however tight the training's inputs lie.
constexpr Measures least_limits{0.02, 1, 1e-6, 1e-6};

/// Inputs of a data set: one row a sample.
struct Inputs {
  std::vector<std::vector<float>> values;  ///< (samples, channels * cells)
  std::vector<std::int64_t> run;
};

Inputs read_inputs(const Dataset& data, const ModelInfo& info, int limit) {
  const auto shape = [&](const std::vector<std::string>& channels) {
    std::vector<std::int64_t> extents{std::ssize(channels)};
    extents.insert(extents.end(), info.extents.begin(), info.extents.end());
    return extents;
  };
  const HostArray in(DType::f32, shape(info.input_channels)), out(DType::f32, shape(info.output_channels));
  Inputs inputs;
  const std::int64_t count = std::min<std::int64_t>(limit, data.size());
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t sample = i * data.size() / count;
    data.read(sample, in.ref(), out.ref());
    inputs.values.emplace_back(in.values<float>().begin(), in.values<float>().end());
    inputs.run.push_back(data.run_of(sample));
  }
  return inputs;
}

/// Ranges and modes of some inputs.
struct Known {
  Ranges ranges;
  Pod pod;
  RowsF neighbours;  ///< scaled coordinates of those inputs
};

Known learn(const std::vector<const std::vector<float>*>& inputs, std::int64_t cells, const std::vector<int>& varying,
            const NormaliserPlan& plan) {
  Known known;
  HostArray table(DType::f32, {std::ssize(inputs), std::ssize(varying) * cells});
  for (std::size_t s = 0; s < inputs.size(); ++s) {
    const auto features = features_of(*inputs[s], cells, varying, plan.amplitude_channel);
    known.ranges.resize(features.size(), {std::numeric_limits<double>::infinity(),
                                          -std::numeric_limits<double>::infinity()});
    for (std::size_t f = 0; f < features.size(); ++f) {
      known.ranges[f][0] = std::min(known.ranges[f][0], features[f]);
      known.ranges[f][1] = std::max(known.ranges[f][1], features[f]);
    }
    std::ranges::copy(encoded(*inputs[s], cells, varying, plan), table.ref()[static_cast<std::int64_t>(s)].as<float>());
  }
  known.pod = decompose(table, most_modes);
  const auto modes = known.pod.leading(rest_of_variance, most_modes);
  known.pod.modes = RowsF(known.pod.modes.topRows(modes));
  known.neighbours = scaled_coefficients(known.pod, modes).cast<float>();
  known.pod.scale = Vector(known.pod.scale.head(modes));
  return known;
}

Measures measures_of(const std::vector<float>& input, const Known& known, std::int64_t cells,
                     const std::vector<int>& varying, const NormaliserPlan& plan) {
  const auto features = features_of(input, cells, varying, plan.amplitude_channel);
  const Pod& pod = known.pod;
  const auto distance = pod_distance(encoded(input, cells, varying, plan),
                                     {pod.mean.data(), static_cast<std::size_t>(pod.mean.size())},
                                     {pod.modes.data(), static_cast<std::size_t>(pod.modes.size())},
                                     {pod.scale.data(), static_cast<std::size_t>(pod.scale.size())},
                                     {known.neighbours.data(), static_cast<std::size_t>(known.neighbours.size())});
  return {largest_excess(features, known.ranges).share, distance.mahalanobis, distance.nearest, distance.residual};
}

/// The k-th smallest of n values with k = ceil((n + 1) share), at most n: a conformal quantile.
double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size() + 1)));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

/// Where the upper quarter of a measure begins, and by how much it goes beyond on the mean: an exponential tail.
struct Tail {
  double begin = 0, mean = 0;

  Tail(const std::vector<Measures>& measured, std::size_t measure, double least) {
    std::vector<double> values;
    for (const auto& measures : measured) values.push_back(std::max(least, measures[measure]));
    begin = quantile(values, 0.75);
    const auto beyond = std::ranges::partition(values, [&](double v) { return v <= begin; });
    for (const double v : beyond) mean += (v - begin) / static_cast<double>(beyond.size());
    mean = std::max(mean, 0.01 * begin);
  }
};

/// Limits of the measures, so that one of them is passed by 1 % of such inputs. Each measure counts in units of its own
/// tail: the heavy one of the envelope does not widen the others.
Measures calibrate(const std::vector<Measures>& measured) {
  std::vector<Tail> tails;
  for (std::size_t m = 0; m < least_limits.size(); ++m) tails.emplace_back(measured, m, least_limits[m]);
  std::vector<double> furthest(measured.size(), 0);
  for (std::size_t s = 0; s < measured.size(); ++s)
    for (std::size_t m = 0; m < tails.size(); ++m)
      furthest[s] = std::max(furthest[s], (measured[s][m] - tails[m].begin) / tails[m].mean);
  const double last = quantile(std::move(furthest), 0.99);
  Measures limits;
  for (std::size_t m = 0; m < tails.size(); ++m) limits[m] = tails[m].begin + last * tails[m].mean;
  return limits;
}

HostArray list(const std::vector<int>& values) {
  HostArray array(DType::f64, {std::ssize(values)});
  std::ranges::copy(values, array.values<double>().begin());
  return array;
}

}  // namespace

Weights measure_trust(const Dataset& train, const Dataset& valid, const ModelInfo& info) {
  const std::int64_t cells = cells_of(info);
  const NormaliserPlan plan = plan_normaliser(info);
  const Inputs inputs = read_inputs(train, info, most_training), others = read_inputs(valid, info, most_validation);
  std::vector<int> varying, constant;
  for (int c = 0; c < std::ssize(info.input_channels); ++c) {
    const auto same = [&](const std::vector<float>& input) {
      const auto first = static_cast<std::ptrdiff_t>(c * cells);
      return std::equal(input.begin() + first, input.begin() + first + cells, inputs.values.front().begin() + first);
    };
    (std::ranges::all_of(inputs.values, same) ? constant : varying).push_back(c);
  }

  if (varying.empty()) return {};

  const auto learn_without = [&](int fold) {
    std::vector<const std::vector<float>*> chosen;
    for (std::size_t s = 0; s < inputs.values.size(); ++s)
      if (inputs.run[s] % folds != fold) chosen.push_back(&inputs.values[s]);
    return learn(chosen, cells, varying, plan);
  };
  const Known known = learn_without(-1);
  std::vector<Measures> measured;
  for (const auto& input : others.values) measured.push_back(measures_of(input, known, cells, varying, plan));
  const bool enough = *std::ranges::max_element(inputs.run) >= folds;
  for (int fold = 0; enough && fold < folds; ++fold) {
    const Known part = learn_without(fold);
    for (std::size_t s = 0; s < inputs.values.size(); ++s)
      if (inputs.run[s] % folds == fold)
        measured.push_back(measures_of(inputs.values[s], part, cells, varying, plan));
  }

  HostArray constants(DType::f32, {std::ssize(constant), cells}), mean(DType::f32, {known.pod.mean.size()});
  for (std::size_t c = 0; c < constant.size(); ++c)
    std::copy_n(inputs.values.front().begin() + constant[c] * cells, cells,
                constants.ref()[static_cast<std::int64_t>(c)].as<float>());
  std::copy_n(known.pod.mean.data(), known.pod.mean.size(), mean.values<float>().begin());
  HostArray scale(DType::f64, {known.pod.scale.size()}), ranges(DType::f64, {std::ssize(known.ranges), 2});
  std::copy_n(known.pod.scale.data(), known.pod.scale.size(), scale.values<double>().begin());
  for (std::size_t f = 0; f < known.ranges.size(); ++f)
    std::ranges::copy(known.ranges[f], ranges.values<double>().begin() + static_cast<std::ptrdiff_t>(2 * f));
  HostArray limits(DType::f64, {std::tuple_size_v<Measures>});
  std::ranges::copy(calibrate(measured), limits.values<double>().begin());

  Weights data;
  data.emplace_back(trust_varying, list(varying));
  data.emplace_back(trust_constant, list(constant));
  data.emplace_back(trust_constants, std::move(constants));
  data.emplace_back(trust_mean, std::move(mean));
  data.emplace_back(trust_modes, array_of(known.pod.modes));
  data.emplace_back(trust_scale, std::move(scale));
  data.emplace_back(trust_neighbours, array_of(known.neighbours));
  data.emplace_back(trust_ranges, std::move(ranges));
  data.emplace_back(trust_limits, std::move(limits));
  return data;
}

}  // namespace marea::detail
