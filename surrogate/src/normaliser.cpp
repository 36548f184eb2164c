// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/normaliser.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>

#include <marea/io/error.hpp>

namespace marea {
namespace {

/// Is `channel` a scalar field of that name or a component (_x, _y, _z, _xx, …) of it?
bool belongs(std::string_view channel, std::string_view field) {
  if (!channel.starts_with(field)) return false;
  const std::string_view rest = channel.substr(field.size());
  return rest.empty() || (rest.size() <= 3 && rest.size() >= 2 && rest[0] == '_' &&
                          rest.find_first_not_of("xyz", 1) == std::string_view::npos);
}

std::vector<bool> scaled(const std::vector<std::string>& channels, const std::vector<std::string>& fields) {
  std::vector<bool> out(channels.size());
  for (std::size_t c = 0; c < channels.size(); ++c)
    out[c] = std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return belongs(channels[c], f); });
  return out;
}

std::string joined(const std::vector<FieldInfo>& fields) {
  std::string text;
  for (const FieldInfo& f : fields) text += (text.empty() ? "" : ", ") + f.name;
  return text;
}

/// The newest input channel of a scalar field.
int single_input(const ModelInfo& info, const std::string& field, const char* key) {
  const auto channels = channels_of_field(info.input_channels, field);
  if (channels.empty())
    fail<ConfigError>("normalise", key, " = '", field, "' must be an input of the model: ", joined(info.inputs));
  for (int c : channels)
    if (info.input_channels[c] != field) fail<ConfigError>("normalise", key, " = '", field, "' must be a scalar field");
  return channels.back();
}

void check_length(const std::vector<double>& values, std::size_t channels, const char* key) {
  if (!values.empty() && values.size() != channels)
    fail<ConfigError>("normalise", key, " has ", values.size(), " values for ", channels, " channels; leave it out");
}

std::optional<ChannelBound> bound_of(const ModelInfo& info, const std::string& text) {
  if (text.empty()) return {};
  double number = 0;
  const char* end = text.data() + text.size();
  if (const auto [rest, error] = std::from_chars(text.data(), end, number); error == std::errc() && rest == end)
    return ChannelBound{-1, number};
  const int channel = newest_input(info, text);
  return channel < 0 ? std::nullopt : std::optional(ChannelBound{channel});
}

}  // namespace

bool NormaliserPlan::is_bounded() const {
  const auto is_set = [](const auto& bound) { return bound.has_value(); };
  return std::ranges::any_of(lower, is_set) || std::ranges::any_of(upper, is_set);
}

void plan_bounds(const ModelInfo& info, std::vector<std::optional<ChannelBound>>& lower,
                 std::vector<std::optional<ChannelBound>>& upper) {
  lower.assign(info.output_channels.size(), {});
  upper.assign(info.output_channels.size(), {});
  for (const FieldInfo& field : info.outputs)
    for (int c : channels_of_field(info.output_channels, field.name)) {
      lower[static_cast<std::size_t>(c)] = bound_of(info, field.lower_bound);
      upper[static_cast<std::size_t>(c)] = bound_of(info, field.upper_bound);
    }
}

std::vector<int> channels_of_field(const std::vector<std::string>& channels, const std::string& field) {
  std::vector<int> out;
  for (std::size_t c = 0; c < channels.size(); ++c)
    if (belongs(channels[c], field)) out.push_back(static_cast<int>(c));
  return out;
}

int newest_input(const ModelInfo& info, const std::string& output_channel) {
  int found = -1;
  for (std::size_t c = 0; c < info.input_channels.size(); ++c)
    if (info.input_channels[c] == output_channel) found = static_cast<int>(c);
  return found;
}

NormaliserPlan plan_normaliser(const ModelInfo& info) {
  NormaliserPlan plan;
  NormaliserOptions& o = plan.options;
  if (info.normaliser.empty())
    o.kind = "none";
  else
    read_options(o, info.normaliser, "normalise");
  check_length(o.input_mean, info.input_channels.size(), "input_mean");
  check_length(o.input_scale, info.input_channels.size(), "input_scale");
  check_length(o.output_scale, info.output_channels.size(), "output_scale");

  if (!o.amplitude_of.empty()) plan.amplitude_channel = single_input(info, o.amplitude_of, "amplitude_of");
  if (!o.mask.empty()) plan.mask_channel = single_input(info, o.mask, "mask");
  if (!o.amplitude_scaled.empty() && o.amplitude_of.empty())
    fail<ConfigError>("normalise", "amplitude_scaled needs amplitude_of: the input field that gives the amplitude");
  for (const std::string& field : o.amplitude_scaled)
    if (channels_of_field(info.input_channels, field).empty() && channels_of_field(info.output_channels, field).empty())
      fail<ConfigError>("normalise", "amplitude_scaled: '", field, "' is no input (", joined(info.inputs),
                        ") and no output (", joined(info.outputs), ")");
  plan.input_scaled = scaled(info.input_channels, o.amplitude_scaled);
  plan.output_scaled = scaled(info.output_channels, o.amplitude_scaled);

  plan.residual_of.assign(info.output_channels.size(), -1);
  if (o.residual) {
    if (info.task != "step") fail<ConfigError>("normalise", "residual = true needs task = \"step\"");
    for (std::size_t c = 0; c < info.output_channels.size(); ++c)
      plan.residual_of[c] = newest_input(info, info.output_channels[c]);
  }
  plan_bounds(info, plan.lower, plan.upper);
  if (o.bounds == "none")
    for (auto* bounds : {&plan.lower, &plan.upper}) bounds->assign(bounds->size(), {});
  return plan;
}

}  // namespace marea
