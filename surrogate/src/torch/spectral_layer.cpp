// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/spectral_layer.hpp>

#include <torch/csrc/autograd/custom_function.h>

#include "fused_gelu.hpp"

namespace marea {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// out (prefix, rows, suffix) = matrix (rows, columns) applied to the middle axis of in (prefix, columns, suffix).
void transform_axis(at::Tensor& out, const at::Tensor& matrix, const at::Tensor& in) {
  if (in.size(0) == 1) {
    at::Tensor flat = out[0];
    at::mm_out(flat, matrix, in[0]);
  } else {
    at::bmm_out(out, matrix.unsqueeze(0).expand({in.size(0), -1, -1}), in);
  }
}

/// Intermediate arrays of one sample's transform; one object a thread.
class Transform {
 public:
  Transform(const FourierBasis& basis, std::int64_t channels, const at::TensorOptions& options)
      : basis_(basis), channels_(channels) {
    std::int64_t prefix = 1, suffix = channels;
    for (const std::int64_t n : basis.extents) suffix *= n;
    for (int d = 0; d < basis.axes(); ++d) {
      suffix /= basis.extents[d];
      prefix_.push_back(prefix);
      suffix_.push_back(suffix);
      prefix *= basis.ranks[d];
      stage_.push_back(at::empty({prefix_[d], basis.ranks[d], suffix}, options));
    }
  }

  /// Values x (cells * C) to rows r of `out`, at out + r * stride, C values each.
  template <class T>
  void to_modes(const at::Tensor& x, const std::vector<at::Tensor>& matrices, T* out, std::int64_t stride) {
    at::Tensor from = x;
    for (int d = 0; d < basis_.axes(); ++d) {
      transform_axis(stage_[d], matrices[d], from.view({prefix_[d], basis_.extents[d], suffix_[d]}));
      from = stage_[d];
    }
    gather(basis_.to_modes, from.template data_ptr<T>(), channels_, out, stride);
  }

  /// Adds to y (cells * C) the field of the rows at in + r * stride.
  template <class T>
  void add_from_modes(const T* in, std::int64_t stride, const std::vector<at::Tensor>& matrices, at::Tensor y) {
    const int last = basis_.axes() - 1;
    gather(basis_.from_modes, in, stride, stage_[last].template data_ptr<T>(), channels_);
    for (int d = last; d > 0; --d) {
      at::Tensor out = stage_[d - 1].view({prefix_[d], basis_.extents[d], suffix_[d]});
      transform_axis(out, matrices[d], stage_[d]);
    }
    y.view({basis_.extents[0], suffix_[0]}).addmm_(matrices[0], stage_[0][0]);
  }

 private:
  template <class T>
  void gather(const SignedGather& table, const T* in, std::int64_t in_stride, T* out, std::int64_t out_stride) const {
    kernels::gather(table.index.data_ptr<std::int64_t>(), table.sign.template data_ptr<T>(), table.rows, table.terms, in,
                    in_stride, out, out_stride, channels_);
  }

  const FourierBasis& basis_;
  std::int64_t channels_;
  std::vector<std::int64_t> prefix_, suffix_;
  std::vector<at::Tensor> stage_;  // stage_[d]: after axes 0 ... d
};

/// What the forward pass leaves behind for the backward pass.
struct Forward {
  at::Tensor y;
  at::Tensor slope;    ///< of the activation, as y; undefined without one or without a backward pass
  at::Tensor x_modes;  ///< (M, 2B, C_in)
};

enum class Pass : std::uint8_t { inference, training };

/// The layer on the CPU: sample by sample through the cache, all modes of all samples mixed in one batched product.
/// The bias enters through the mean mode, at no cost.
Forward fused_forward(const at::Tensor& x, const SpectralWeights& weights, const FourierBasis& basis,
                      Activation activation, Shortcut shortcut, Pass pass) {
  std::vector<std::int64_t> shape = x.sizes().vec();
  const std::int64_t batch = shape[0], in = shape.back(), out = weights.skip.size(0), cells = x.numel() / (batch * in);
  shape.back() = out;
  Forward result{at::empty(shape, x.options()), {}, at::empty({basis.modes, 2 * batch, in}, x.options())};
  if (activation == Activation::gelu && pass == Pass::training) result.slope = at::empty(shape, x.options());
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "spectral_layer", [&] {
    const at::Tensor flat = x.view({batch, cells, in}), y = result.y.view({batch, cells, out}), skip = weights.skip.t();
    scalar_t* x_modes = result.x_modes.data_ptr<scalar_t>();
    at::parallel_for(0, batch, 1, [&](std::int64_t begin, std::int64_t end) {
      const at::AutoDispatchBelowADInplaceOrView guard;
      Transform transform(basis, in, x.options());
      for (std::int64_t b = begin; b < end; ++b) {
        transform.to_modes(flat[b], basis.analysis, x_modes + b * in, batch * in);
      }
    });
    const at::Tensor products = at::bmm(result.x_modes, weights.spectral.view({basis.modes, in, 2 * out}));
    at::Tensor mixed = at::empty({basis.modes, 2, batch, out}, x.options());
    const scalar_t* from = products.data_ptr<scalar_t>();
    scalar_t* y_modes = mixed.data_ptr<scalar_t>();
    at::parallel_for(0, basis.modes, 16, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t m = begin; m < end; ++m) {
        kernels::combine_products(from + m * 4 * batch * out, y_modes + m * 2 * batch * out, batch, out);
      }
    });
    mixed[0][0].add_(weights.bias);
    at::parallel_for(0, batch, 1, [&](std::int64_t begin, std::int64_t end) {
      const at::AutoDispatchBelowADInplaceOrView guard;
      Transform transform(basis, out, x.options());
      for (std::int64_t b = begin; b < end; ++b) {
        at::Tensor y_b = y[b];
        at::mm_out(y_b, flat[b], skip);
        transform.add_from_modes(y_modes + b * out, batch * out, basis.synthesis, y_b);
        if (activation == Activation::gelu) {
          scalar_t* slope = result.slope.defined() ? result.slope.data_ptr<scalar_t>() + b * cells * out : nullptr;
          gelu_in_place(y_b, slope);
        }
        if (shortcut == Shortcut::identity) y_b.add_(flat[b]);
      }
    });
  });
  return result;
}

/// `fused_forward` with its gradient. The gradient of the bias leaves through the mean mode.
class FusedSpectralLayer : public torch::autograd::Function<FusedSpectralLayer> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& spectral,
                            const at::Tensor& skip, const at::Tensor& bias,
                            const c10::intrusive_ptr<FourierBasis>& basis, Activation activation, Shortcut shortcut) {
    const Forward result = fused_forward(x, {spectral, skip, bias}, *basis, activation, shortcut, Pass::training);
    context->save_for_backward({x, spectral, skip, result.slope, result.x_modes});
    context->saved_data["basis"] = c10::IValue::make_capsule(basis);
    context->saved_data["shortcut"] = shortcut == Shortcut::identity;
    return result.y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &spectral = saved[1], &skip = saved[2], &slope = saved[3], &x_modes = saved[4];
    const auto capsule = context->saved_data["basis"].toCapsule();
    const FourierBasis& basis = static_cast<const FourierBasis&>(*capsule);
    const bool identity = context->saved_data["shortcut"].toBool();
    const std::int64_t batch = x.size(0), in = x.size(-1), out = skip.size(0), cells = x.numel() / (batch * in);
    const at::Tensor g = gradients[0].contiguous().view({batch, cells, out});
    const at::Tensor gx = at::empty(x.sizes(), x.options());
    const at::Tensor g_skip = at::empty({batch, out, in}, x.options());
    at::Tensor g_spectral, g_bias;
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "spectral_layer_backward", [&] {
      const at::Tensor flat = x.view({batch, cells, in}), gx_flat = gx.view({batch, cells, in});
      at::Tensor g_mixed = at::empty({basis.modes, 2, batch, out}, x.options());
      scalar_t* g_modes = g_mixed.data_ptr<scalar_t>();
      at::parallel_for(0, batch, 1, [&](std::int64_t begin, std::int64_t end) {
        const at::AutoDispatchBelowADInplaceOrView guard;
        Transform transform(basis, out, x.options());
        at::Tensor scratch = slope.defined() ? at::empty({cells, out}, x.options()) : at::Tensor();
        for (std::int64_t b = begin; b < end; ++b) {
          if (slope.defined()) {
            kernels::multiply(g.data_ptr<scalar_t>() + b * cells * out, slope.data_ptr<scalar_t>() + b * cells * out,
                              scratch.data_ptr<scalar_t>(), cells * out);
          }
          const at::Tensor g_pre = slope.defined() ? scratch : g[b];
          at::Tensor g_skip_b = g_skip[b], gx_b = gx_flat[b];
          at::mm_out(g_skip_b, g_pre.t(), flat[b]);
          at::mm_out(gx_b, g_pre, skip);
          if (identity) gx_b.add_(g[b]);
          transform.to_modes(g_pre, basis.synthesis_adjoint, g_modes + b * out, batch * out);
        }
      });
      g_bias = g_mixed[0][0].sum(0);
      const at::Tensor g_products = at::empty({basis.modes, 2 * batch, 2 * out}, x.options());
      scalar_t* to = g_products.data_ptr<scalar_t>();
      at::parallel_for(0, basis.modes, 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t m = begin; m < end; ++m) {
          kernels::spread_products(g_modes + m * 2 * batch * out, to + m * 4 * batch * out, batch, out);
        }
      });
      const at::Tensor weight = spectral.view({basis.modes, in, 2 * out});
      g_spectral = at::bmm(x_modes.transpose(1, 2), g_products).view({basis.modes, in, 2, out});
      const at::Tensor gx_mixed = at::bmm(g_products, weight.transpose(1, 2));
      const scalar_t* gx_modes = gx_mixed.data_ptr<scalar_t>();
      at::parallel_for(0, batch, 1, [&](std::int64_t begin, std::int64_t end) {
        const at::AutoDispatchBelowADInplaceOrView guard;
        Transform transform(basis, in, x.options());
        for (std::int64_t b = begin; b < end; ++b) {
          transform.add_from_modes(gx_modes + b * in, batch * in, basis.analysis_adjoint, gx_flat[b]);
        }
      });
    });
    return {gx, g_spectral, g_skip.sum(0), g_bias, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

/// `matrices` applied to the spatial axes of x (B, n_1 … n_D, C), contiguous, axis 1 first; contiguous too: a product
/// from the left needs no transposed copy.
at::Tensor transform_axes(const at::Tensor& x, const std::vector<at::Tensor>& matrices) {
  at::Tensor y = x;
  std::vector<std::int64_t> shape = x.sizes().vec();
  std::int64_t prefix = 1;
  for (std::size_t d = 0; d < matrices.size(); ++d) {
    prefix *= shape[d];
    y = at::bmm(matrices[d].unsqueeze(0).expand({prefix, -1, -1}), y.view({prefix, shape[d + 1], -1}));
    shape[d + 1] = matrices[d].size(0);
  }
  return y.view(shape);
}

/// out[:, r] = sum over t of sign[r, t] in[:, index[r, t]], for in (B, R, C).
at::Tensor gather_rows(const SignedGather& table, const at::Tensor& in) {
  const at::Tensor terms = in.index_select(1, table.index.flatten()).view({in.size(0), table.rows, table.terms, -1});
  return (terms * table.sign.unsqueeze(-1)).sum(2);
}

}  // namespace

at::Tensor spectral_layer_unfused(const at::Tensor& x, const SpectralWeights& weights, const FourierBasis& basis,
                                  Activation activation, Shortcut shortcut) {
  const std::int64_t batch = x.size(0), in = x.size(-1), out = weights.skip.size(0);
  const at::Tensor coefficients = transform_axes(x, basis.analysis).reshape({batch, basis.coefficients, in});
  const at::Tensor x_modes = gather_rows(basis.to_modes, coefficients).view({batch, basis.modes, 2, in});
  const at::Tensor products = at::bmm(x_modes.permute({1, 2, 0, 3}).reshape({basis.modes, 2 * batch, in}),
                                      weights.spectral.view({basis.modes, in, 2 * out}))
                                  .view({basis.modes, 2, batch, 2, out});  // part of x, sample, part of W
  const auto part = [&](int of_x, int of_w) { return products.select(3, of_w).select(1, of_x); };
  const at::Tensor y_modes = at::stack({part(0, 0) - part(1, 1), part(0, 1) + part(1, 0)}, 1).permute({2, 0, 1, 3});
  std::vector<std::int64_t> shape{batch};
  shape.insert(shape.end(), basis.ranks.begin(), basis.ranks.end());
  shape.push_back(out);
  const at::Tensor back = gather_rows(basis.from_modes, y_modes.reshape({batch, 2 * basis.modes, out})).view(shape);
  at::Tensor y = transform_axes(back, basis.synthesis) + at::linear(x, weights.skip, weights.bias);
  if (activation == Activation::gelu) y = at::gelu(y);
  return shortcut == Shortcut::identity ? y + x : y;
}

at::Tensor spectral_layer(const at::Tensor& x, const SpectralWeights& weights,
                          const c10::intrusive_ptr<FourierBasis>& basis, Activation activation, Shortcut shortcut) {
  if (!x.is_cpu()) return spectral_layer_unfused(x, weights, *basis, activation, shortcut);
  if (!at::GradMode::is_enabled()) return fused_forward(x, weights, *basis, activation, shortcut, Pass::inference).y;
  return FusedSpectralLayer::apply(x, weights.spectral, weights.skip, weights.bias, basis, activation, shortcut);
}

}  // namespace marea
