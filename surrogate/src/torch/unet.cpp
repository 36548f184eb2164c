// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/unet.hpp>

#include <cmath>

#include <marea/surrogate/torch/net.hpp>

namespace marea {
namespace {

/// Convolution 3^D, group normalisation, GELU.
struct ConvolutionLayer {
  at::Tensor weight, bias, gain, offset;
};

struct Convolution {
  at::Tensor weight, bias;
};

class Unet : public Net {
 public:
  Unet(UnetOptions options, std::int64_t in, std::int64_t out, std::vector<bool> periodic)
      : options_(options), periodic_(std::move(periodic)) {
    std::int64_t channels = options_.width;
    down_.push_back(stage("down_0", in, channels));
    for (int level = 1; level <= options_.depth; ++level, channels *= 2) {
      halve_.push_back(convolution("halve_" + std::to_string(level), channels, 2 * channels, 2, false));
      down_.push_back(stage("down_" + std::to_string(level), 2 * channels, 2 * channels));
    }
    for (int level = options_.depth - 1; level >= 0; --level, channels /= 2) {
      double_.push_back(convolution("double_" + std::to_string(level), channels, channels / 2, 2, true));
      up_.push_back(stage("up_" + std::to_string(level), channels, channels / 2));
    }
    last_ = convolution("output", channels, out, 1, false);
  }

  void initialise(at::Generator generator) override {
    const at::NoGradGuard no_grad;
    for (auto& item : named_parameters(false)) {
      at::Tensor& p = item.value();
      if (p.dim() > 1) {  // variance 2 / (inputs of one output), He et al. (2015), arXiv:1502.01852
        p.normal_(0, std::sqrt(2.0 * static_cast<double>(p.size(0)) / static_cast<double>(p.numel())), generator);
      } else {
        p.fill_(item.key().find("gain") != std::string::npos ? 1 : 0);
      }
    }
  }

  at::Tensor forward(const at::Tensor& x) override {
    at::Tensor h = channels_last(padded(x));
    std::vector<at::Tensor> kept;
    for (int level = 0; level < options_.depth; ++level) {
      h = run(down_[level], h);
      kept.push_back(h);
      h = convolve(h, halve_[level], 2, 0, false);
    }
    h = run(down_.back(), h);
    for (std::size_t i = 0; i < up_.size(); ++i) {
      h = convolve(h, double_[i], 2, 0, true);
      h = run(up_[i], at::cat({kept[kept.size() - 1 - i], h}, 1));
    }
    h = convolve(h, last_, 1, 0, false);
    for (std::int64_t d = 2; d < x.dim(); ++d) h = h.narrow(d, 0, x.size(d));
    return h.contiguous();
  }

 private:
  using Stage = std::array<ConvolutionLayer, 2>;

  std::int64_t axes() const { return static_cast<std::int64_t>(periodic_.size()); }

  Convolution convolution(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t size,
                          bool transposed) {
    std::vector<std::int64_t> shape{transposed ? in : out, transposed ? out : in};
    shape.insert(shape.end(), periodic_.size(), size);
    return {register_parameter(name + "_weight", at::empty(shape)),
            register_parameter(name + "_bias", at::empty({out}))};
  }

  ConvolutionLayer layer(const std::string& name, std::int64_t in, std::int64_t out) {
    const Convolution c = convolution(name, in, out, 3, false);
    if (options_.groups == 0) return {c.weight, c.bias, {}, {}};
    return {c.weight, c.bias, register_parameter(name + "_gain", at::empty({out})),
            register_parameter(name + "_offset", at::empty({out}))};
  }

  Stage stage(const std::string& name, std::int64_t in, std::int64_t out) {
    return {layer(name + "_a", in, out), layer(name + "_b", out, out)};
  }

  at::Tensor run(const Stage& stage, at::Tensor x) const {
    for (const ConvolutionLayer& c : stage) {
      x = convolve(x, {c.weight, c.bias}, 1, 1, false);
      if (c.gain.defined()) x = at::group_norm(x, options_.groups, c.gain, c.offset);
      x = at::gelu(x);
    }
    return x;
  }

  at::Tensor convolve(at::Tensor x, const Convolution& c, std::int64_t stride, std::int64_t halo,
                      bool transposed) const {
    std::vector<std::int64_t> padding(periodic_.size(), halo);
    for (std::int64_t d = 0; d < axes() && halo > 0; ++d) {
      if (!periodic_[d]) continue;
      const std::int64_t n = x.size(d + 2);
      x = at::cat({x.narrow(d + 2, n - halo, halo), x, x.narrow(d + 2, 0, halo)}, d + 2);
      padding[d] = 0;
    }
    const std::vector<std::int64_t> zero(periodic_.size(), 0);
    return at::convolution(x, c.weight, c.bias, std::vector<std::int64_t>(periodic_.size(), stride), padding,
                           std::vector<std::int64_t>(periodic_.size(), 1), transposed, zero, 1);
  }

  at::Tensor padded(at::Tensor x) const {
    const std::int64_t multiple = std::int64_t{1} << options_.depth;
    for (std::int64_t d = 2; d < x.dim(); ++d) {
      const std::int64_t n = x.size(d), more = (multiple - n % multiple) % multiple;
      if (more == 0) continue;
      std::vector<std::int64_t> cell;
      for (std::int64_t i = 0; i < n + more; ++i) cell.push_back(i < n ? i : periodic_[d - 2] ? i % n : n - 1);
      x = x.index_select(d, at::tensor(cell, at::TensorOptions(at::kLong).device(x.device())));
    }
    return x;
  }

  at::Tensor channels_last(const at::Tensor& x) const {
    return axes() == 1 ? x.contiguous()
                       : x.contiguous(axes() == 2 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::ChannelsLast3d);
  }

  UnetOptions options_;
  std::vector<bool> periodic_;
  std::vector<Stage> down_, up_;
  std::vector<Convolution> halve_, double_;
  Convolution last_;
};

}  // namespace

std::shared_ptr<Net> make_unet(const ModelInfo& info) {
  UnetOptions options;
  read_options(options, info.options, "unet", {"name"});
  const std::size_t axes = info.extents.size();
  if (axes < 1 || axes > 3) fail<ConfigError>("unet", "the grid has ", axes, " axes, must have 1, 2 or 3");
  if (options.groups > 0 && options.width % options.groups != 0) {
    fail<ConfigError>("unet", "groups = ", options.groups, " must divide width = ", options.width);
  }
  std::vector<bool> periodic;
  for (std::size_t d = 0; d < axes; ++d) {
    periodic.push_back(d < info.boundary.size() && info.boundary[d][0] == "periodic");
  }
  return std::make_shared<Unet>(options, static_cast<std::int64_t>(info.input_channels.size()),
                                static_cast<std::int64_t>(info.output_channels.size()), std::move(periodic));
}

}  // namespace marea
