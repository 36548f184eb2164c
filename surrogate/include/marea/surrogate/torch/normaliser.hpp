// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <ATen/ATen.h>

#include <marea/surrogate/normaliser.hpp>

namespace marea {

/// Between physical units (outside) and what a net sees (inside), on tensors (B, C, [k,] [j,] i) of one dtype and
/// device. Differentiable, but for the amplitude, which counts as a constant of the sample.
class Normaliser {
 public:
  /// Throws ConfigError as plan_normaliser.
  explicit Normaliser(const ModelInfo& info, at::ScalarType dtype = at::kFloat, at::Device device = at::kCPU);

  struct Encoded {
    at::Tensor x;      ///< (B, C_in, …) for the net
    at::Tensor scale;  ///< (B, 1, …) amplitude of each sample; undefined without one
  };
  Encoded encode_inputs(const at::Tensor& x) const;

  /// As encode_inputs, written into `out` (dtype of the net), for x of any dtype: on a GPU one kernel.
  /// \return  the amplitude of each sample, in the dtype of x; undefined without one
  at::Tensor encode_inputs_into(at::Tensor out, const at::Tensor& x) const;

  /// y' (B, C_out, …) of the net -> y in physical units; `x` (physical) as given to encode_inputs, `scale` as it gave.
  at::Tensor decode_outputs(const at::Tensor& y, const at::Tensor& scale, const at::Tensor& x) const;

  /// As decode_outputs, written into `out`, for `out` and x of any dtype: on a GPU one kernel, three with a mask.
  void decode_outputs_into(at::Tensor out, const at::Tensor& y, const at::Tensor& scale, const at::Tensor& x) const;

  /// y (B, C_out, …) in physical units -> what the net should give; 0 outside the mask.
  at::Tensor encode_outputs(const at::Tensor& y, const at::Tensor& scale, const at::Tensor& x) const;

  /// (B, 1, …) 1 where the mask channel of the physical inputs is at least 1/2, else 0; undefined without one.
  at::Tensor mask(const at::Tensor& x) const;

  /// True when encode and decode change nothing: a caller may leave them out.
  bool is_identity() const { return identity_; }
  /// True when outputs keep bounds, so that what a net says is not what it is judged by.
  bool is_bounded() const { return bounded_; }
  const NormaliserPlan& plan() const { return plan_; }

 private:
  at::Tensor amplitude(const at::Tensor& x) const;
  at::Tensor input_factor(const at::Tensor& scale) const;
  at::Tensor output_factor(const at::Tensor& scale) const;
  at::Tensor without_mask(const at::Tensor& y, const at::Tensor& scale, const at::Tensor& x) const;
  at::Tensor within_bounds(const at::Tensor& y, const at::Tensor& x) const;
  at::Tensor residual_base(const at::Tensor& x) const;
  at::Tensor is_inside(const at::Tensor& x) const;

  NormaliserPlan plan_;
  bool bounded_ = false, identity_ = false, input_scaled_ = false, output_scaled_ = false, residual_ = false;
  at::Tensor input_factor_, input_offset_, output_factor_;  // (1, C, 1, …)
  at::Tensor input_power_, output_power_;                   // 1 where divided by the amplitude, else 0
  at::Tensor residual_index_, residual_factor_;
  std::int64_t residual_first_ = -1;                        // the residual channels lie together in the input
};

}  // namespace marea
