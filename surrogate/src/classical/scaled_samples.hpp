// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <marea/io/dataset.hpp>
#include <marea/io/model_file.hpp>
#include <marea/surrogate/surrogate.hpp>

namespace marea::detail {

using NamedArrays = std::vector<std::pair<std::string, HostArray>>;

/// Training samples as a classical model sees them: normalised as for a network, without the input channels that are
/// the same in every sample.
struct ScaledSamples {
  std::vector<int> channels;          ///< input channels that vary
  std::vector<std::int64_t> run;      ///< [samples] index of the run
  HostArray inputs, outputs;          ///< f32 (samples, channels * cells) and (samples, C_out * cells)
};

/// At most `limit` samples, spread evenly over the data set. Throws as Dataset::read.
ScaledSamples scaled_samples(const Dataset& data, const ModelInfo& info, int limit);

/// Scaled input to scaled output, both of one sample.
using ScaledModel = std::function<void(std::span<const float> in, std::span<float> out)>;

/// A surrogate that normalises, asks `model` sample by sample, and puts the units back.
std::unique_ptr<SurrogateInterface> make_scaled_surrogate(const ModelInfo& info, std::vector<int> channels,
                                                          ScaledModel model);

/// The array of that name. Throws DataError when it is missing or of another dtype or rank.
const HostArray& weight(const ModelFile& model, const std::string& name, DType dtype, int rank);

/// The list of varying channels as a weight, and back.
HostArray channel_array(const std::vector<int>& channels);
std::vector<int> channel_list(const ModelFile& model);

/// Cells of the grid of a model.
std::int64_t cells_of(const ModelInfo& info);

}  // namespace marea::detail
