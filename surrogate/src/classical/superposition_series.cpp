// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "superposition_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <marea/io/error.hpp>

namespace marea::detail {
namespace {

constexpr double gibibyte = 1024.0 * 1024 * 1024;

/// Smallest and largest value of each component and cell.
struct Extrema {
  explicit Extrema(std::int64_t size)
      : low(static_cast<std::size_t>(size), std::numeric_limits<float>::infinity()), high(low.size(), -low.front()) {}
  void add(const HostArray& values) {
    const auto list = values.values<float>();
    for (std::size_t i = 0; i < list.size(); ++i) {
      float &l = low[i % low.size()], &h = high[i % low.size()];
      l = std::min(l, list[i]);
      h = std::max(h, list[i]);
    }
  }
  std::vector<float> low, high;
};

/// The cells where any component varies, at least one.
std::vector<std::int64_t> varying_cells(const Extrema& extrema, std::int64_t components, std::int64_t cells) {
  std::vector<std::int64_t> list;
  for (std::int64_t cell = 0; cell < cells; ++cell)
    for (std::int64_t c = 0; c < components; ++c) {
      const auto i = static_cast<std::size_t>(c * cells + cell);
      if (extrema.low[i] == extrema.high[i]) continue;
      list.push_back(cell);
      break;
    }
  if (list.empty()) list.push_back(0);
  return list;
}

const HostArray* find(const Weights& weights, const std::string& name) {
  for (const auto& [held, array] : weights)
    if (held == name) return &array;
  return nullptr;
}

}  // namespace

SeriesBuilder::SeriesBuilder(Weights& weights, const Dataset& train, const ScaledSamples& learn, const ModelInfo& info,
                             double memory)
    : weights_(weights), train_(train), learn_(learn), info_(info), room_(memory * gibibyte) {
  HostArray times(DType::f64, {1});
  if (info.task == "map") {
    const Run& first = train.runs()[static_cast<std::size_t>(learn.run.front())];
    const double tolerance = 1e-3 * (first.time.back() - first.time.front()) / static_cast<double>(first.steps);
    for (const std::int64_t r : learn.run) {
      const Run& run = train.runs()[static_cast<std::size_t>(r)];
      for (std::int64_t t = 0; t < std::max(run.steps, first.steps); ++t)
        if (t >= run.steps || t >= first.steps || !(std::abs(run.time[t] - first.time[t]) <= tolerance))
          fail<DataError>(run.file, "superposition: its times differ from those of ", first.file, " from snapshot ", t,
                          " on (", run.steps, " and ", first.steps,
                          " snapshots); runs that are superposed need the same times");
    }
    steps_ = first.steps;
    times = HostArray(DType::f64, {steps_});
    std::ranges::copy(first.time, times.values<double>().begin());
  }
  weights_.emplace_back("times", std::move(times));
}

void SeriesBuilder::append_field(const std::string& field) {
  if (has_series(weights_, "series." + field)) return;
  const auto read = [&](std::int64_t sample) {
    return train_.read_series(learn_.run[static_cast<std::size_t>(sample)], field, 0, steps_);
  };
  const HostArray start = train_.read_series(learn_.run.front(), field, 0, 1);
  append("series." + field, steps_, start.extents()[1], read);
}

int SeriesBuilder::append_output(std::size_t f, int channel) {
  const std::int64_t cells = cells_of(info_);
  std::int64_t components = 1;
  for (int r = 0; r < info_.outputs[f].rank; ++r) components *= std::ssize(info_.extents);
  for (std::int64_t c = 0; c < components; ++c, ++channel)
    append("outputs." + info_.output_channels[static_cast<std::size_t>(channel)], 1, 1, [&](std::int64_t sample) {
      HostArray values(DType::f32, {1, 1, cells});
      std::copy_n(learn_.outputs.ref()[sample].as<float>() + channel * cells, cells, values.values<float>().begin());
      return values;
    });
  return channel;
}

void SeriesBuilder::append(const std::string& name, std::int64_t steps, std::int64_t components, const Read& read) {
  const std::int64_t runs = std::ssize(learn_.run), cells = cells_of(info_), lanes = kernels::lanes;
  Extrema extrema(components * cells);
  for (std::int64_t r = 0; r < runs; ++r) extrema.add(read(r));
  const std::vector<std::int64_t> varying = varying_cells(extrema, components, cells);
  const std::int64_t blocks = (std::ssize(varying) + lanes - 1) / lanes;
  const double bytes = 4.0 * static_cast<double>(blocks * steps * components * runs * lanes);
  room_ -= bytes;
  if (room_ < 0)
    fail<ConfigError>("superposition", "the snapshots of ", name, " take ", bytes / gibibyte,
                      " GiB, more than `memory` leaves; raise it, take fewer samples or coarsen the data");

  HostArray data(DType::f32, {blocks, steps, components, runs, lanes}), base(DType::f32, {components, cells});
  HostArray list(DType::i64, {std::ssize(varying)});
  std::ranges::copy(varying, list.values<std::int64_t>().begin());
  const auto bases = base.values<float>();
  for (std::size_t i = 0; i < bases.size(); ++i)
    bases[i] = extrema.low[i] == extrema.high[i] ? extrema.low[i] : 0.5f * (extrema.low[i] + extrema.high[i]);
  float* to = data.ref().as<float>();
  for (std::int64_t r = 0; r < runs; ++r) {
    const HostArray values = read(r);
    const float* from = values.ref().as<float>();
    for (std::int64_t t = 0; t < steps; ++t)
      for (std::int64_t c = 0; c < components; ++c, from += cells)
        for (std::int64_t v = 0; v < std::ssize(varying); ++v) {
          const std::int64_t cell = varying[static_cast<std::size_t>(v)], block = v / lanes;
          to[(((block * steps + t) * components + c) * runs + r) * lanes + v % lanes] =
              from[cell] - bases[static_cast<std::size_t>(c * cells + cell)];
        }
  }
  weights_.emplace_back(name, std::move(data));
  weights_.emplace_back(name + ".cells", std::move(list));
  weights_.emplace_back(name + ".base", std::move(base));
}

bool has_series(const Weights& weights, const std::string& name) { return find(weights, name) != nullptr; }

kernels::Series series_of(const Weights& weights, const std::string& name, std::int64_t cells) {
  const HostArray *data = find(weights, name), *list = find(weights, name + ".cells"),
                  *base = find(weights, name + ".base");
  const HostArray* times = find(weights, "times");
  const auto is = [](const HostArray* array, DType dtype, std::int64_t rank) {
    return array && array->dtype() == dtype && std::ssize(array->extents()) == rank;
  };
  if (!is(data, DType::f32, 5) || !is(list, DType::i64, 1) || !is(base, DType::f32, 2) || !is(times, DType::f64, 1))
    fail<DataError>("superposition", "the arrays of '", name, "' are missing or of another kind");
  kernels::Series series{.runs = data->extents()[3],
                         .steps = data->extents()[1],
                         .components = data->extents()[2],
                         .cells = cells,
                         .varying = list->extents()[0],
                         .data = data->ref().as<float>(),
                         .cell = list->ref().as<std::int64_t>(),
                         .base = base->ref().as<float>(),
                         .times = times->ref().as<double>()};
  const auto cell_numbers = list->values<std::int64_t>();
  if (data->extents()[4] != kernels::lanes ||
      data->extents()[0] != (series.varying + kernels::lanes - 1) / kernels::lanes ||
      base->extents()[0] != series.components || base->extents()[1] != cells || series.runs < 1 || series.steps < 1 ||
      (series.steps > 1 && times->extents()[0] != series.steps) ||
      std::ranges::any_of(cell_numbers, [&](std::int64_t c) { return c < 0 || c >= cells; }))
    fail<DataError>("superposition", "the arrays of '", name, "' do not fit each other and ", cells, " cells");
  return series;
}

}  // namespace marea::detail
