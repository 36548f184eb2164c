// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/fno.hpp>

#include <map>

#include <marea/surrogate/torch/net.hpp>
#include <marea/surrogate/torch/pointwise_mlp.hpp>
#include <marea/surrogate/torch/spectral_layer.hpp>

namespace marea {
namespace {

/// What depends on the grid, for one set of extents, dtype and device.
struct Grid {
  c10::intrusive_ptr<FourierBasis> basis;
  at::Tensor coordinates;  ///< (cells, axes that are not periodic) in [-1, 1]; undefined when there are none
};

/// Fused kernels where there are some for the device, or plain operations everywhere.
enum class Kernels : std::uint8_t { fused, plain };

class Fno : public Net {
 public:
  Fno(FnoOptions options, std::int64_t in, std::int64_t out, std::vector<bool> periodic, Kernels kernels)
      : options_(std::move(options)), periodic_(std::move(periodic)), kernels_(kernels) {
    if (options_.modes.size() == 1) options_.modes.resize(periodic_.size(), options_.modes[0]);
    modes_.assign(options_.modes.begin(), options_.modes.end());
    const std::int64_t width = options_.width;
    if (options_.coordinates) coordinates_ = std::count(periodic_.begin(), periodic_.end(), false);
    if (options_.lifting > 0) {
      lifting_ = register_mlp("lifting", in + coordinates_, options_.lifting, width);
    } else {
      std::tie(lifting_.weight_in, lifting_.bias_in) = linear("lifting", in + coordinates_, width);
    }
    const std::int64_t modes = count_modes(modes_);
    for (int l = 0; l < options_.layers; ++l) {
      const std::string name = "layer_" + std::to_string(l);
      layers_.push_back({register_parameter(name + "_spectral", at::empty({modes, width, 2, width})),
                         register_parameter(name + "_skip", at::empty({width, width})),
                         register_parameter(name + "_bias", at::empty({width}))});
    }
    projection_ = register_mlp("projection", width, options_.projection, out);
  }

  void initialise(at::Generator generator) override {
    const at::NoGradGuard no_grad;
    for (auto& item : named_parameters(false)) {
      at::Tensor& p = item.value();
      if (p.dim() == 4) {  // complex of variance 1 / C_in
        p.normal_(0, 1 / std::sqrt(2.0 * static_cast<double>(p.size(1))), generator);
      } else if (p.dim() == 2) {
        const double bound = 1 / std::sqrt(static_cast<double>(p.size(1)));
        p.uniform_(-bound, bound, generator);
      } else {
        p.zero_();
      }
    }
  }

  at::Tensor forward(const at::Tensor& x) override {
    const Grid& grid = grid_of(x);
    const std::int64_t batch = x.size(0);
    std::vector<std::int64_t> shape{batch};
    for (std::int64_t d = 2; d < x.dim(); ++d) shape.push_back(x.size(d));
    shape.push_back(options_.width);

    at::Tensor h = x.flatten(2).transpose(1, 2);
    if (coordinates_ > 0) h = at::cat({h, grid.coordinates.expand({batch, -1, -1})}, 2);
    h = options_.lifting > 0 ? mlp(h.contiguous(), lifting_, ChannelOrder::last)
                             : at::linear(h, lifting_.weight_in, lifting_.bias_in);
    h = h.reshape(shape);
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      h = layer(h, layers_[l], grid.basis, l + 1 == layers_.size() ? Activation::none : Activation::gelu);
    }
    const at::Tensor y = mlp(h.view({batch, -1, options_.width}), projection_, ChannelOrder::first);
    shape.pop_back();
    shape.insert(shape.begin() + 1, y.size(1));
    return y.view(shape);
  }

 private:
  at::Tensor layer(const at::Tensor& x, const SpectralWeights& weights, const c10::intrusive_ptr<FourierBasis>& basis,
                   Activation activation) const {
    const Shortcut shortcut = options_.shortcut ? Shortcut::identity : Shortcut::none;
    return kernels_ == Kernels::fused ? spectral_layer(x, weights, basis, activation, shortcut)
                                      : spectral_layer_unfused(x, weights, *basis, activation, shortcut);
  }

  at::Tensor mlp(const at::Tensor& x, const MlpWeights& weights, ChannelOrder order) const {
    return kernels_ == Kernels::fused ? pointwise_mlp(x, weights, order) : pointwise_mlp_unfused(x, weights, order);
  }

  std::pair<at::Tensor, at::Tensor> linear(const std::string& name, std::int64_t in, std::int64_t out) {
    // By value: registering another parameter moves the list that holds the first.
    at::Tensor weight = register_parameter(name + "_weight", at::empty({out, in}));
    at::Tensor bias = register_parameter(name + "_bias", at::empty({out}));
    return {std::move(weight), std::move(bias)};
  }

  MlpWeights register_mlp(const std::string& name, std::int64_t in, std::int64_t hidden, std::int64_t out) {
    MlpWeights w;
    std::tie(w.weight_in, w.bias_in) = linear(name + "_in", in, hidden);
    std::tie(w.weight_out, w.bias_out) = linear(name + "_out", hidden, out);
    return w;
  }

  const Grid& grid_of(const at::Tensor& x) {
    std::vector<std::int64_t> key = x.sizes().slice(2).vec();
    const std::vector<std::int64_t> extents = key;
    key.push_back(static_cast<std::int64_t>(x.scalar_type()));
    key.push_back(x.is_cpu() ? -1 : x.get_device());
    const auto found = grids_.find(key);
    if (found != grids_.end()) return found->second;
    const c10::InferenceMode normal_tensors(false);
    std::vector<double> padding;
    for (const bool periodic : periodic_) padding.push_back(periodic ? 0 : options_.padding);
    Grid grid{c10::make_intrusive<FourierBasis>(extents, modes_, padding, x.options()), {}};
    if (coordinates_ > 0) {
      std::vector<at::Tensor> columns;
      for (std::size_t d = 0; d < extents.size(); ++d) {
        if (periodic_[d]) continue;
        std::vector<std::int64_t> shape(extents.size(), 1);
        shape[d] = extents[d];
        const auto n = static_cast<double>(extents[d]);
        const at::Tensor centre = (2 * at::arange(extents[d], at::kDouble) + 1) / n - 1;
        columns.push_back(centre.view(shape).expand(extents).flatten());
      }
      grid.coordinates = at::stack(columns, 1).to(x.options());
    }
    return grids_.emplace(std::move(key), std::move(grid)).first->second;
  }

  FnoOptions options_;
  std::vector<bool> periodic_;
  Kernels kernels_;
  std::vector<std::int64_t> modes_;
  std::int64_t coordinates_ = 0;
  MlpWeights lifting_, projection_;
  std::vector<SpectralWeights> layers_;
  std::map<std::vector<std::int64_t>, Grid> grids_;
};

std::shared_ptr<Net> make(const ModelInfo& info, Kernels kernels) {
  FnoOptions options;
  read_options(options, info.options, "fno", {"name"});
  const std::size_t axes = info.extents.size();
  if (axes < 1 || axes > 3) fail<ConfigError>("fno", "the grid has ", axes, " axes, must have 1, 2 or 3");
  if (options.modes.size() != 1 && options.modes.size() != axes) {
    fail<ConfigError>("fno", "modes has ", options.modes.size(), " values, must have one, or one for each of the ", axes,
                      " axes");
  }
  std::vector<bool> periodic;
  for (std::size_t d = 0; d < axes; ++d) {
    periodic.push_back(d < info.boundary.size() && info.boundary[d][0] == "periodic");
  }
  return std::make_shared<Fno>(options, static_cast<std::int64_t>(info.input_channels.size()),
                               static_cast<std::int64_t>(info.output_channels.size()), std::move(periodic), kernels);
}

}  // namespace

std::shared_ptr<Net> make_fno(const ModelInfo& info) { return make(info, Kernels::fused); }

std::shared_ptr<Net> make_fno_unfused(const ModelInfo& info) { return make(info, Kernels::plain); }

}  // namespace marea
