// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/normaliser.hpp>

#include <algorithm>

#include <ATen/core/grad_mode.h>

namespace marea {
namespace {

bool any(const std::vector<bool>& flags) { return std::find(flags.begin(), flags.end(), true) != flags.end(); }

}  // namespace

Normaliser::Normaliser(const ModelInfo& info, at::ScalarType dtype, at::Device device) : plan_(plan_normaliser(info)) {
  const auto& o = plan_.options;
  const auto n_in = info.input_channels.size(), n_out = info.output_channels.size();
  const bool channel = o.kind == "channel";
  std::vector<std::int64_t> shape(info.extents.size() + 2, 1);
  const auto tensor = [&](const std::vector<double>& values) {
    shape[1] = static_cast<std::int64_t>(values.size());
    return at::tensor(values, at::kDouble).reshape(shape).to(device, dtype);
  };
  const auto flags = [&](const std::vector<bool>& values) {
    return tensor(std::vector<double>(values.begin(), values.end()));
  };

  std::vector<double> factor(n_in, 1), offset(n_in, 0), out(n_out, 1);
  for (std::size_t c = 0; channel && c < n_in; ++c) {
    if (!o.input_scale.empty()) factor[c] = 1 / o.input_scale[c];
    if (!o.input_mean.empty()) offset[c] = -o.input_mean[c] * factor[c];
  }
  if (channel && !o.output_scale.empty()) out = o.output_scale;
  const bool scales_channels = channel && !(o.input_scale.empty() && o.input_mean.empty());
  input_scaled_ = scales_channels || any(plan_.input_scaled);
  output_scaled_ = (channel && !o.output_scale.empty()) || any(plan_.output_scaled);
  input_factor_ = tensor(factor);
  input_offset_ = tensor(offset);
  output_factor_ = tensor(out);
  if (any(plan_.input_scaled)) input_power_ = flags(plan_.input_scaled);
  if (any(plan_.output_scaled)) output_power_ = flags(plan_.output_scaled);

  std::vector<std::int64_t> index;
  std::vector<bool> is_residual;
  for (int source : plan_.residual_of) {
    index.push_back(std::max(source, 0));
    is_residual.push_back(source >= 0);
  }
  residual_ = any(is_residual);
  if (residual_) {
    bool together = true;
    for (std::size_t c = 0; c < index.size(); ++c)
      together = together && is_residual[c] && index[c] == index[0] + static_cast<std::int64_t>(c);
    if (together) residual_first_ = index[0];
    residual_index_ = at::tensor(index, at::kLong).to(device);
    residual_factor_ = flags(is_residual);
  }
  bounded_ = plan_.is_bounded();
  identity_ = !input_scaled_ && !output_scaled_ && !residual_ && !bounded_ && plan_.mask_channel < 0;
}

at::Tensor Normaliser::amplitude(const at::Tensor& x) const {
  if (!input_power_.defined() && !output_power_.defined()) return {};
  at::NoGradGuard constant;
  auto dims = std::vector<std::int64_t>(static_cast<std::size_t>(x.dim() - 1));
  for (std::size_t d = 0; d < dims.size(); ++d) dims[d] = static_cast<std::int64_t>(d) + 1;
  return x.narrow(1, plan_.amplitude_channel, 1).abs().amax(dims, true).clamp_min(amplitude_floor);
}

at::Tensor Normaliser::input_factor(const at::Tensor& scale) const {
  return input_power_.defined() ? input_factor_ / at::pow(scale, input_power_) : input_factor_;
}

Normaliser::Encoded Normaliser::encode_inputs(const at::Tensor& x) const {
  Encoded out{x, amplitude(x)};
  if (input_scaled_) out.x = at::addcmul(input_offset_, x, input_factor(out.scale));
  return out;
}

at::Tensor Normaliser::encode_inputs_into(at::Tensor out, const at::Tensor& x) const {
  at::Tensor scale = amplitude(x);
  if (input_scaled_)
    at::addcmul_out(out, input_offset_, x, input_factor(scale));
  else
    out.copy_(x);
  return scale;
}

at::Tensor Normaliser::output_factor(const at::Tensor& scale) const {
  return output_power_.defined() ? output_factor_ * at::pow(scale, output_power_) : output_factor_;
}

at::Tensor Normaliser::residual_base(const at::Tensor& x) const {
  if (residual_first_ >= 0) return x.narrow(1, residual_first_, static_cast<std::int64_t>(plan_.residual_of.size()));
  return x.index_select(1, residual_index_) * residual_factor_;
}

at::Tensor Normaliser::without_mask(const at::Tensor& y, const at::Tensor& scale, const at::Tensor& x) const {
  if (residual_)
    return output_scaled_ ? at::addcmul(residual_base(x), y, output_factor(scale)) : residual_base(x) + y;
  return output_scaled_ ? y * output_factor(scale) : y;
}

at::Tensor Normaliser::within_bounds(const at::Tensor& y, const at::Tensor& x) const {
  if (!bounded_) return y;
  at::Tensor kept = y.detach().clone();
  for (std::int64_t c = 0; c < y.size(1); ++c) {
    at::Tensor channel = kept.narrow(1, c, 1);
    const auto& lower = plan_.lower[static_cast<std::size_t>(c)];
    const auto& upper = plan_.upper[static_cast<std::size_t>(c)];
    if (lower && lower->channel < 0) channel.clamp_min_(lower->value);
    if (lower && lower->channel >= 0) channel.copy_(at::maximum(channel, x.narrow(1, lower->channel, 1)));
    if (upper && upper->channel < 0) channel.clamp_max_(upper->value);
    if (upper && upper->channel >= 0) channel.copy_(at::minimum(channel, x.narrow(1, upper->channel, 1)));
  }
  // Straight through: the values of `kept`, the gradient of y.
  return y.requires_grad() ? y + (kept - y.detach()) : kept;
}

at::Tensor Normaliser::decode_outputs(const at::Tensor& y, const at::Tensor& scale, const at::Tensor& x) const {
  const at::Tensor out = within_bounds(without_mask(y, scale, x), x);
  return plan_.mask_channel < 0 ? out : out * mask(x);
}

void Normaliser::decode_outputs_into(at::Tensor out, const at::Tensor& y, const at::Tensor& scale,
                                     const at::Tensor& x) const {
  if (bounded_)
    out.copy_(decode_outputs(y, scale, x));
  else if (plan_.mask_channel >= 0)
    at::mul_out(out, without_mask(y, scale, x), is_inside(x));
  else if (residual_ && output_scaled_)
    at::addcmul_out(out, residual_base(x), y, output_factor(scale));
  else if (residual_)
    at::add_out(out, residual_base(x), y);
  else if (output_scaled_)
    at::mul_out(out, y, output_factor(scale));
  else
    out.copy_(y);
}

at::Tensor Normaliser::encode_outputs(const at::Tensor& y, const at::Tensor& scale, const at::Tensor& x) const {
  at::Tensor out = residual_ ? y - residual_base(x) : y;
  if (output_scaled_) out = out / output_factor(scale);
  return plan_.mask_channel < 0 ? out : out * mask(x);
}

at::Tensor Normaliser::is_inside(const at::Tensor& x) const {
  // Block means of zeros and ones lie between: a cell counts whole when half of it does.
  return x.narrow(1, plan_.mask_channel, 1).ge(0.5);
}

at::Tensor Normaliser::mask(const at::Tensor& x) const {
  return plan_.mask_channel < 0 ? at::Tensor() : is_inside(x).to(x.scalar_type());
}

}  // namespace marea
