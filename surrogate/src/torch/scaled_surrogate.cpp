// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/as_tensor.hpp>

#include <algorithm>

#include <marea/surrogate/torch/normaliser.hpp>

#include "../classical/scaled_samples.hpp"
#include "queue_guard.hpp"

namespace marea::detail {
namespace {

std::span<const float> values_of(const at::Tensor& tensor) {
  return {tensor.const_data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

/// The model's info, as the normaliser of these units wants it: in physical units only the mask is left.
ModelInfo in_units(ModelInfo info, Units units) {
  if (units == Units::scaled) return info;
  NormaliserOptions mask_alone;
  mask_alone.kind = "none";
  mask_alone.mask = plan_normaliser(info).options.mask;
  mask_alone.bounds = plan_normaliser(info).options.bounds;
  info.normaliser = write_options(mask_alone);
  return info;
}

ModelInfo without_bounds(ModelInfo info) {
  info.normaliser["bounds"] = "none";
  return info;
}

class ScaledSurrogate : public SurrogateInterface {
 public:
  ScaledSurrogate(const ModelInfo& info, ScaledModel model)
      : info_(info),
        normaliser_(in_units(info, model.units)),
        linear_(without_bounds(in_units(info, model.units))),
        model_(std::move(model)),
        channels_(at::tensor(std::vector<std::int64_t>(model_.channels.begin(), model_.channels.end()), at::kLong)) {}

  const ModelInfo& info() const override { return info_; }

  void predict(const ArrayRef& in, const ArrayRef& out, const Queue& queue) override {
    ask(model_.predict, in, out, queue, [&](const at::Tensor& y, const at::Tensor& scale, const at::Tensor& x) {
      return normaliser_.decode_outputs(y, scale, x);
    });
  }

  bool knows_deviation() const override { return static_cast<bool>(model_.deviation); }

  void deviation(const ArrayRef& in, const ArrayRef& out, const Queue& queue) override {
    if (!model_.deviation) return SurrogateInterface::deviation(in, out, queue);
    ask(model_.deviation, in, out, queue, [&](const at::Tensor& y, const at::Tensor& scale, const at::Tensor& x) {
      return linear_.decode_outputs(y, scale, x) - linear_.decode_outputs(at::zeros_like(y), scale, x);
    });
  }

 private:
  template <class Decode>
  void ask(const SampleFunction& model, const ArrayRef& in, const ArrayRef& out, const Queue& queue,
           const Decode& decode) {
    const QueueGuard guard(queue, on_gpu(in, out));
    const c10::InferenceMode inference;
    const at::Tensor x = as_tensor(in).to(at::kCPU, at::kFloat);
    at::Tensor to = as_tensor(out);
    const auto [encoded, scale] = normaliser_.encode_inputs(x);
    const at::Tensor varying = encoded.index_select(1, channels_).contiguous();
    at::Tensor y = at::empty(to.sizes(), at::kFloat);
    for (std::int64_t b = 0; b < x.size(0); ++b) {
      const at::Tensor sample = y.select(0, b);
      model(values_of(varying.select(0, b)),
            {sample.mutable_data_ptr<float>(), static_cast<std::size_t>(sample.numel())});
    }
    to.copy_(decode(y, scale, x));
  }

  ModelInfo info_;
  Normaliser normaliser_, linear_;  ///< the latter without bounds
  ScaledModel model_;
  at::Tensor channels_;
};

}  // namespace

ScaledSamples scaled_samples(const Dataset& data, const ModelInfo& info, const SampleChoice& choice) {
  const Normaliser normaliser(in_units(info, choice.units));
  const std::int64_t count = std::min<std::int64_t>(choice.limit, data.size()), cells = cells_of(info);
  const auto extents = [&](const std::vector<std::string>& channels) {
    std::vector<std::int64_t> shape{1, std::ssize(channels)};
    shape.insert(shape.end(), info.extents.begin(), info.extents.end());
    return shape;
  };
  const HostArray in(DType::f32, extents(info.input_channels)), out(DType::f32, extents(info.output_channels));
  const std::int64_t all = std::ssize(info.input_channels), outputs = std::ssize(info.output_channels);
  HostArray inputs(DType::f32, {count, all * cells});
  ScaledSamples samples{choice.channels, {}, {}, HostArray(DType::f32, {count, outputs * cells})};
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t sample = i * data.size() / count;
    data.read(sample, in.ref()[0], out.ref()[0]);
    samples.run.push_back(data.run_of(sample));
    const at::Tensor x = as_tensor(in.ref());
    const auto [encoded, scale] = normaliser.encode_inputs(x);
    const at::Tensor y = normaliser.encode_outputs(as_tensor(out.ref()), scale, x).contiguous();
    std::ranges::copy(values_of(encoded.contiguous()), inputs.ref()[i].as<float>());
    std::ranges::copy(values_of(y), samples.outputs.ref()[i].as<float>());
  }
  const at::Tensor table = as_tensor(inputs.ref()).view({count, all, cells});
  for (std::int64_t c = 0; choice.channels.empty() && c < all; ++c) {
    const at::Tensor channel = table.select(1, c);
    if (!at::equal(channel, channel.narrow(0, 0, 1).expand_as(channel)))
      samples.channels.push_back(static_cast<int>(c));
  }
  if (samples.channels.empty()) samples.channels.push_back(0);
  samples.inputs = HostArray(DType::f32, {count, std::ssize(samples.channels) * cells});
  const at::Tensor kept =
      at::tensor(std::vector<std::int64_t>(samples.channels.begin(), samples.channels.end()), at::kLong);
  as_tensor(samples.inputs.ref()).copy_(table.index_select(1, kept).flatten(1));
  return samples;
}

std::unique_ptr<SurrogateInterface> make_scaled_surrogate(const ModelInfo& info, ScaledModel model) {
  return std::make_unique<ScaledSurrogate>(info, std::move(model));
}

}  // namespace marea::detail
