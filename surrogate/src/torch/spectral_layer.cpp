// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/spectral_layer.hpp>

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

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
    const std::int64_t* index = table.index.data_ptr<std::int64_t>();
    const T* sign = table.sign.template data_ptr<T>();
    for (std::int64_t r = 0; r < table.rows; ++r) {
      T* to = out + r * out_stride;
      for (std::int64_t t = 0; t < table.terms; ++t) {
        const T s = sign[r * table.terms + t];
        const T* from = in + index[r * table.terms + t] * in_stride;
        if (t == 0) {
          for (std::int64_t c = 0; c < channels_; ++c) to[c] = s * from[c];
        } else {
          for (std::int64_t c = 0; c < channels_; ++c) to[c] += s * from[c];
        }
      }
    }
  }

  const FourierBasis& basis_;
  std::int64_t channels_;
  std::vector<std::int64_t> prefix_, suffix_;
  std::vector<at::Tensor> stage_;  // stage_[d]: after axes 0 ... d
};

/// Complex products of each mode as one real product: p (M, 2B, 2C) holds [X_r W_r, X_r W_i; X_i W_r, X_i W_i];
/// y (M, 2, B, C) = their sums.
template <class T> void combine_products(const at::Tensor& p, at::Tensor& y) {
  const std::int64_t modes = y.size(0), batch = y.size(2), channels = y.size(3);
  const T* from = p.data_ptr<T>();
  T* to = y.data_ptr<T>();
  at::parallel_for(0, modes, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t mb = begin * batch; mb < end * batch; ++mb) {
      const std::int64_t m = mb / batch, b = mb % batch;
      const T *re = from + (m * 2 * batch + b) * 2 * channels, *im = re + batch * 2 * channels;
      T *y_re = to + (m * 2 * batch + b) * channels, *y_im = y_re + batch * channels;
      for (std::int64_t c = 0; c < channels; ++c) {
        y_re[c] = re[c] - im[channels + c];
        y_im[c] = re[channels + c] + im[c];
      }
    }
  });
}

/// The transpose of `combine_products`: gradient of p from the gradient of y.
template <class T> void spread_products(const at::Tensor& y, at::Tensor& p) {
  const std::int64_t modes = y.size(0), batch = y.size(2), channels = y.size(3);
  const T* from = y.data_ptr<T>();
  T* to = p.data_ptr<T>();
  at::parallel_for(0, modes, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t mb = begin * batch; mb < end * batch; ++mb) {
      const std::int64_t m = mb / batch, b = mb % batch;
      const T *y_re = from + (m * 2 * batch + b) * channels, *y_im = y_re + batch * channels;
      T *re = to + (m * 2 * batch + b) * 2 * channels, *im = re + batch * 2 * channels;
      for (std::int64_t c = 0; c < channels; ++c) {
        re[c] = y_re[c];
        re[channels + c] = y_im[c];
        im[c] = y_im[c];
        im[channels + c] = -y_re[c];
      }
    }
  });
}

/// The layer on the CPU: sample by sample through the cache, all modes of all samples mixed in one batched product.
/// The bias enters and leaves through the mean mode, at no cost.
class FusedSpectralLayer : public torch::autograd::Function<FusedSpectralLayer> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& spectral,
                            const at::Tensor& skip, const at::Tensor& bias,
                            const c10::intrusive_ptr<FourierBasis>& basis, Activation activation, Shortcut shortcut) {
    std::vector<std::int64_t> shape = x.sizes().vec();
    const std::int64_t batch = shape[0], in = shape.back(), out = skip.size(0), cells = x.numel() / (batch * in);
    shape.back() = out;
    const at::Tensor pre = at::empty(shape, x.options());
    const at::Tensor y = activation == Activation::gelu ? at::empty(shape, x.options()) : pre;
    at::Tensor x_modes = at::empty({basis->modes, 2 * batch, in}, x.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "spectral_layer", [&] {
      const at::Tensor flat = x.view({batch, cells, in}), skip_t = skip.t();
      at::parallel_for(0, batch, 1, [&](std::int64_t begin, std::int64_t end) {
        const at::AutoDispatchBelowADInplaceOrView guard;
        Transform transform(*basis, in, x.options());
        for (std::int64_t b = begin; b < end; ++b) {
          transform.to_modes(flat[b], basis->analysis, x_modes.data_ptr<scalar_t>() + b * in, batch * in);
        }
      });
      const at::Tensor products = at::bmm(x_modes, spectral.view({basis->modes, in, 2 * out}));
      at::Tensor y_modes = at::empty({basis->modes, 2, batch, out}, x.options());
      combine_products<scalar_t>(products, y_modes);
      y_modes[0][0].add_(bias);
      at::parallel_for(0, batch, 1, [&](std::int64_t begin, std::int64_t end) {
        const at::AutoDispatchBelowADInplaceOrView guard;
        Transform transform(*basis, out, x.options());
        for (std::int64_t b = begin; b < end; ++b) {
          at::Tensor pre_b = pre[b].view({cells, out}), y_b = y[b].view({cells, out});
          at::mm_out(pre_b, flat[b], skip_t);
          transform.add_from_modes(y_modes.data_ptr<scalar_t>() + b * out, batch * out, basis->synthesis, pre_b);
          if (activation == Activation::gelu) at::gelu_out(y_b, pre_b);
          if (shortcut == Shortcut::identity) y_b.add_(flat[b]);
        }
      });
    });
    context->save_for_backward({x, spectral, skip, activation == Activation::gelu ? pre : at::Tensor(), x_modes});
    context->saved_data["basis"] = c10::IValue::make_capsule(basis);
    context->saved_data["shortcut"] = shortcut == Shortcut::identity;
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &spectral = saved[1], &skip = saved[2], &pre = saved[3], &x_modes = saved[4];
    const auto capsule = context->saved_data["basis"].toCapsule();
    const FourierBasis& basis = static_cast<const FourierBasis&>(*capsule);
    const bool identity = context->saved_data["shortcut"].toBool();
    const at::Tensor g = gradients[0].contiguous();
    const std::int64_t batch = x.size(0), in = x.size(-1), out = skip.size(0), cells = x.numel() / (batch * in);
    const at::Tensor gx = at::empty(x.sizes(), x.options());
    const at::Tensor g_skip = at::empty({batch, out, in}, x.options());
    at::Tensor g_spectral, g_bias;
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "spectral_layer_backward", [&] {
      const at::Tensor flat = x.view({batch, cells, in}), gx_flat = gx.view({batch, cells, in});
      at::Tensor g_modes = at::empty({basis.modes, 2, batch, out}, x.options());
      at::parallel_for(0, batch, 1, [&](std::int64_t begin, std::int64_t end) {
        const at::AutoDispatchBelowADInplaceOrView guard;
        Transform transform(basis, out, x.options());
        at::Tensor g_pre = pre.defined() ? at::empty({cells, out}, x.options()) : at::Tensor();
        for (std::int64_t b = begin; b < end; ++b) {
          const at::Tensor g_b = g[b].view({cells, out});
          if (pre.defined()) {
            at::gelu_backward_out(g_pre, g_b, pre[b].view({cells, out}));
          } else {
            g_pre = g_b;
          }
          at::Tensor g_skip_b = g_skip[b], gx_b = gx_flat[b];
          at::mm_out(g_skip_b, g_pre.t(), flat[b]);
          at::mm_out(gx_b, g_pre, skip);
          if (identity) gx_b.add_(g_b);
          transform.to_modes(g_pre, basis.synthesis_adjoint, g_modes.data_ptr<scalar_t>() + b * out, batch * out);
        }
      });
      g_bias = g_modes[0][0].sum(0);
      at::Tensor g_products = at::empty({basis.modes, 2 * batch, 2 * out}, x.options());
      spread_products<scalar_t>(g_modes, g_products);
      const at::Tensor weight = spectral.view({basis.modes, in, 2 * out});
      g_spectral = at::bmm(x_modes.transpose(1, 2), g_products).view({basis.modes, in, 2, out});
      const at::Tensor gx_modes = at::bmm(g_products, weight.transpose(1, 2));
      at::parallel_for(0, batch, 1, [&](std::int64_t begin, std::int64_t end) {
        const at::AutoDispatchBelowADInplaceOrView guard;
        Transform transform(basis, in, x.options());
        for (std::int64_t b = begin; b < end; ++b) {
          transform.add_from_modes(gx_modes.data_ptr<scalar_t>() + b * in, batch * in, basis.analysis_adjoint,
                                   gx_flat[b]);
        }
      });
    });
    return {gx, g_spectral, g_skip.sum(0), g_bias, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

/// `matrices` applied to the spatial axes of x (B, n_1 … n_D, C), axis 1 first.
at::Tensor transform_axes(const at::Tensor& x, const std::vector<at::Tensor>& matrices) {
  at::Tensor y = x;
  for (std::size_t d = 0; d < matrices.size(); ++d) {
    const auto axis = static_cast<std::int64_t>(d) + 1;
    y = at::tensordot(y, matrices[d], {axis}, {1}).movedim(-1, axis);
  }
  return y;
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
  return FusedSpectralLayer::apply(x, weights.spectral, weights.skip, weights.bias, basis, activation, shortcut);
}

}  // namespace marea
