// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <marea/io/dataset.hpp>
#include <marea/io/model_file.hpp>

#include "scaled_samples.hpp"
#include "superposition_kernels.hpp"

namespace marea::detail {

/// Brings what is superposed into the order in which the kernel reads it. A series NAME is three weights: NAME, the
/// snapshots as departures from NAME.base, of the cells NAME.cells alone, which are those where it varies.
class SeriesBuilder {
 public:
  /// All references must outlive this object. `memory` [GiB] bounds the size of all series.
  /// Throws DataError where the runs of a map have other times.
  SeriesBuilder(Weights& weights, const Dataset& train, const ScaledSamples& learn, const ModelInfo& info,
                double memory);

  /// "series.FIELD": all snapshots of a field in the runs of the samples, unless it is there.
  void append_field(const std::string& field);
  /// "outputs.CHANNEL" for each component of output field number f, whose first channel is `channel`.
  /// \return  the channel behind them
  int append_output(std::size_t f, int channel);

 private:
  using Read = std::function<HostArray(std::int64_t sample)>;  ///< f32 (steps, components, cells…)
  void append(const std::string& name, std::int64_t steps, std::int64_t components, const Read& read);

  Weights& weights_;
  const Dataset& train_;
  const ScaledSamples& learn_;
  const ModelInfo& info_;
  double room_;  ///< [B]
  std::int64_t steps_ = 1;
};

bool has_series(const Weights& weights, const std::string& name);

/// A view of a series, over weights that outlive it. Throws DataError where the arrays do not fit each other.
kernels::Series series_of(const Weights& weights, const std::string& name, std::int64_t cells);

}  // namespace marea::detail
