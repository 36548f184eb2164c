// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/pointwise_mlp.hpp>

#include <algorithm>

#include <torch/csrc/autograd/custom_function.h>

#include "fused_gelu.hpp"

namespace marea {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Cells are worked on in blocks whose hidden channels stay in cache.
struct Blocks {
  static constexpr std::int64_t size = 1024;
  std::int64_t cells, a_sample, total;

  Blocks(std::int64_t batch, std::int64_t cells)
      : cells(cells), a_sample((cells + size - 1) / size), total(batch * a_sample) {}
  std::int64_t sample(std::int64_t block) const { return block / a_sample; }
  std::int64_t begin(std::int64_t block) const { return block % a_sample * size; }
  std::int64_t length(std::int64_t block) const { return std::min(size, cells - begin(block)); }
  at::Tensor of(const at::Tensor& x, std::int64_t block) const {
    return x[sample(block)].narrow(0, begin(block), length(block));
  }
};

/// (B, cells, C) as a view of an array in that order of channels.
at::Tensor empty_cells(std::int64_t batch, std::int64_t cells, std::int64_t channels, ChannelOrder order,
                       const at::TensorOptions& options) {
  return order == ChannelOrder::last ? at::empty({batch, cells, channels}, options)
                                     : at::empty({batch, channels, cells}, options).transpose(1, 2);
}

at::Tensor fused_forward(const at::Tensor& x, const MlpWeights& w, ChannelOrder order) {
  const Blocks blocks(x.size(0), x.size(1));
  const at::Tensor y = empty_cells(x.size(0), x.size(1), w.weight_out.size(0), order, x.options());
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "pointwise_mlp", [&] {
    at::parallel_for(0, blocks.total, 1, [&](std::int64_t begin, std::int64_t end) {
      const at::AutoDispatchBelowADInplaceOrView guard;
      const at::Tensor scratch = at::empty({Blocks::size, w.weight_in.size(0)}, x.options());
      for (std::int64_t k = begin; k < end; ++k) {
        at::Tensor hidden = scratch.narrow(0, 0, blocks.length(k)), y_k = blocks.of(y, k);
        at::addmm_out(hidden, w.bias_in, blocks.of(x, k), w.weight_in.t());
        gelu_in_place<scalar_t>(hidden, nullptr);
        at::addmm_out(y_k, w.bias_out, hidden, w.weight_out.t());
      }
    });
  });
  return order == ChannelOrder::last ? y : y.transpose(1, 2);
}

class FusedMlp : public torch::autograd::Function<FusedMlp> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight_in,
                            const at::Tensor& bias_in, const at::Tensor& weight_out, const at::Tensor& bias_out,
                            ChannelOrder order) {
    context->save_for_backward({x, weight_in, bias_in, weight_out});
    context->saved_data["first"] = order == ChannelOrder::first;
    return fused_forward(x, {weight_in, bias_in, weight_out, bias_out}, order);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight_in = saved[1], &bias_in = saved[2], &weight_out = saved[3];
    const at::Tensor whole = gradients[0].contiguous();
    const at::Tensor g = context->saved_data["first"].toBool() ? whole.transpose(1, 2) : whole;
    const std::int64_t in = x.size(2), width = weight_in.size(0), out = weight_out.size(0);
    const Blocks blocks(x.size(0), x.size(1));
    const bool x_needed = context->needs_input_grad(0);
    const at::Tensor gx = x_needed ? at::empty(x.sizes(), x.options()) : at::Tensor();
    // One partial sum a block: the order of summation does not depend on the threads.
    const at::Tensor g_weight_in = at::empty({blocks.total, width, in}, x.options());
    const at::Tensor g_bias_in = at::empty({blocks.total, width}, x.options());
    const at::Tensor g_weight_out = at::empty({blocks.total, out, width}, x.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "pointwise_mlp_backward", [&] {
      at::parallel_for(0, blocks.total, 1, [&](std::int64_t begin, std::int64_t end) {
        const at::AutoDispatchBelowADInplaceOrView guard;
        const at::Tensor hidden_all = at::empty({Blocks::size, width}, x.options());
        const at::Tensor slope_all = at::empty_like(hidden_all), g_all = at::empty_like(hidden_all);
        const at::Tensor ones_all = at::ones({Blocks::size}, x.options());
        for (std::int64_t k = begin; k < end; ++k) {
          const std::int64_t n = blocks.length(k);
          const at::Tensor x_k = blocks.of(x, k), g_k = blocks.of(g, k);
          at::Tensor hidden = hidden_all.narrow(0, 0, n), g_hidden = g_all.narrow(0, 0, n);
          at::addmm_out(hidden, bias_in, x_k, weight_in.t());
          gelu_in_place(hidden, slope_all.data_ptr<scalar_t>());
          at::Tensor to = g_weight_out[k];
          at::mm_out(to, g_k.t(), hidden);
          at::mm_out(g_hidden, g_k, weight_out);
          scalar_t* g_data = g_hidden.data_ptr<scalar_t>();
          kernels::multiply(g_data, slope_all.data_ptr<scalar_t>(), g_data, n * width);
          to = g_weight_in[k];
          at::mm_out(to, g_hidden.t(), x_k);
          to = g_bias_in[k];
          at::mv_out(to, g_hidden.t(), ones_all.narrow(0, 0, n));
          if (x_needed) {
            to = blocks.of(gx, k);
            at::mm_out(to, g_hidden, weight_in);
          }
        }
      });
    });
    return {gx, g_weight_in.sum(0), g_bias_in.sum(0), g_weight_out.sum(0), g.sum(at::IntArrayRef({0, 1})), at::Tensor()};
  }
};

}  // namespace

at::Tensor pointwise_mlp_unfused(const at::Tensor& x, const MlpWeights& w, ChannelOrder order) {
  const at::Tensor y = at::linear(at::gelu(at::linear(x, w.weight_in, w.bias_in)), w.weight_out, w.bias_out);
  return order == ChannelOrder::last ? y : y.transpose(1, 2).contiguous();
}

at::Tensor pointwise_mlp(const at::Tensor& x, const MlpWeights& w, ChannelOrder order) {
  if (!x.is_cpu()) return pointwise_mlp_unfused(x, w, order);
  if (!at::GradMode::is_enabled()) return fused_forward(x, w, order);
  return FusedMlp::apply(x, w.weight_in, w.bias_in, w.weight_out, w.bias_out, order);
}

}  // namespace marea
