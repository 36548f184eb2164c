// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <optional>
#include <string>
#include <vector>

#include <marea/io/model_file.hpp>
#include <marea/io/options.hpp>

namespace marea {

/// The `[normalise]` table of a training file, and how a model file keeps it.
///
/// A net sees x' = (x / s - input_mean) / input_scale, and its output y' stands for
/// y = mask * (y' * output_scale * s [+ x_of_the_same_field]), all by channel; s is the sample's amplitude for the
/// channels of `amplitude_scaled` and 1 for the others. Before the mask y is brought between the bounds that its field
/// declares (`FieldInfo`), with the gradient of an unbounded y.
struct NormaliserOptions {
  std::string kind = "channel";
  std::string amplitude_of;
  std::vector<std::string> amplitude_scaled;
  std::string mask;
  bool residual = false;
  std::string bounds = "clamp";
  std::vector<double> input_mean, input_scale, output_scale;
};
template <class Visitor> void visit(Visitor&& v, NormaliserOptions& o) {
  v("kind", o.kind, {"channel: scale each channel by training statistics; none: leave as is", "", one_of({"channel", "none"})});
  v("amplitude_of", o.amplitude_of, {"input field whose largest absolute value scales the sample"});
  v("amplitude_scaled", o.amplitude_scaled, {"input and output fields divided by that amplitude"});
  v("mask", o.mask, {"input field of zeros and ones that multiplies the outputs and the loss"});
  v("residual", o.residual, {"predict the increment of output fields that are inputs too"});
  v("bounds", o.bounds, {"clamp: outputs keep the bounds that their fields declare; none: they do not", "",
                         one_of({"clamp", "none"})});
  v("input_mean", o.input_mean, {"mean of each scaled input channel; measured by the training"});
  v("input_scale", o.input_scale, {"deviation of each scaled input channel; measured by the training"});
  v("output_scale", o.output_scale, {"rms of each scaled output channel (or increment); measured by the training"});
}

/// Smallest amplitude that divides a sample: a still state is not blown up.
inline constexpr double amplitude_floor = 1e-6;

/// A limit of an output channel: the values of an input channel, or one number.
struct ChannelBound {
  int channel = -1;
  double value = 0;
};

/// The options resolved into channel indices for one model.
struct NormaliserPlan {
  NormaliserOptions options;
  int amplitude_channel = -1;             ///< input channel, the newest of its field; -1: no amplitude
  int mask_channel = -1;                  ///< input channel; -1: no mask
  std::vector<bool> input_scaled, output_scaled;  ///< divided by the amplitude
  std::vector<int> residual_of;           ///< per output channel: newest input channel of its field, or -1
  std::vector<std::optional<ChannelBound>> lower, upper;  ///< per output channel, of its field

  bool is_bounded() const;
};

/// Bounds of each output channel as the fields of `info` declare them: none by a field that is no scalar input.
void plan_bounds(const ModelInfo& info, std::vector<std::optional<ChannelBound>>& lower,
                 std::vector<std::optional<ChannelBound>>& upper);

/// Resolves `info.normaliser` against the fields and channels of `info`. An empty table is kind "none".
/// Throws ConfigError for a field that is no input or output, or for statistics of another length.
NormaliserPlan plan_normaliser(const ModelInfo& info);

/// Indices of the channels that hold `field`, oldest state first: "velocity" -> velocity_x, velocity_y.
std::vector<int> channels_of_field(const std::vector<std::string>& channels, const std::string& field);

/// The newest input channel that holds what an output channel holds, or -1: where a rollout puts it.
int newest_input(const ModelInfo& info, const std::string& output_channel);

}  // namespace marea
