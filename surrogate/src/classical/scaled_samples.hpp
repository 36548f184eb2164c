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

/// What a classical model sees: values normalised as for a network, or as they are but for the mask.
enum class Units : std::uint8_t { scaled, physical };

/// Training samples as a classical model sees them, without the input channels that are the same in every sample.
struct ScaledSamples {
  std::vector<int> channels;      ///< input channels that vary
  std::vector<std::int64_t> run;  ///< [samples] index of the run
  HostArray inputs, outputs;      ///< f32 (samples, channels * cells) and (samples, C_out * cells)
};

struct SampleChoice {
  int limit = 0;  ///< at most so many, spread evenly over the data set
  Units units = Units::scaled;
  std::vector<int> channels{};  ///< input channels; empty: those that vary
};

/// Samples of the validation runs that choose among candidates.
inline constexpr int validation_samples = 64;

/// Throws as Dataset::read.
ScaledSamples scaled_samples(const Dataset& data, const ModelInfo& info, const SampleChoice& choice);

/// Input to output of one sample.
using SampleFunction = std::function<void(std::span<const float> in, std::span<float> out)>;

/// A model of single samples.
struct ScaledModel {
  std::vector<int> channels;  ///< input channels that it sees
  SampleFunction predict;
  SampleFunction deviation{};  ///< standard deviation of each output value; empty: not known
  Units units = Units::scaled;
};

/// A surrogate that normalises, asks `model` sample by sample, and puts the units back.
std::unique_ptr<SurrogateInterface> make_scaled_surrogate(const ModelInfo& info, ScaledModel model);

/// What chooses among candidates on the validation runs: the mean over the samples of the relative L2 error of each
/// output channel, of all channels the geometric mean, so that none drowns the others. NaN where a value is not finite.
double mean_error(const SampleFunction& predict, const ScaledSamples& samples);

/// The array of that name. Throws DataError when it is missing or of another dtype or rank.
const HostArray& weight(const ModelFile& model, const std::string& name, DType dtype, int rank);

/// The list of varying channels as a weight, and back.
HostArray channel_array(const std::vector<int>& channels);
std::vector<int> channel_list(const ModelFile& model);

/// Cells of the grid of a model.
std::int64_t cells_of(const ModelInfo& info);

}  // namespace marea::detail
