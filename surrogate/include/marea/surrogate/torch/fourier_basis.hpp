// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/core/ivalue.h>

namespace marea {

/// A sparse matrix of entries 0, 1, -1 with at most `terms` entries a row: out[r] = sum_t sign[r,t] in[index[r,t]].
struct SignedGather {
  std::int64_t rows = 0, terms = 0;
  at::Tensor index;  ///< i64 (rows, terms)
  at::Tensor sign;   ///< (rows, terms), 0 where a row has fewer terms
};

/// The truncated Fourier transform of a field as real matrices, one an axis.
///
/// Axis d has n cells, period P = n (1 + padding) and keeps the wave numbers |k| < modes. Its real basis is
/// cos(2 pi k j / P), k = 0 ... m-1, then sin(2 pi k j / P), k = 1 ... m-1: 2m - 1 functions. The product basis over the
/// axes holds every coefficient once; `to_modes` combines them into complex modes (FFT order 0 ... m-1, -(m-1) ... -1
/// on every axis but the last, which keeps k >= 0), row 2 mode for the real, 2 mode + 1 for the imaginary part.
/// With padding 0 the result is the one of rfftn(norm="forward"), cut to the kept modes.
class FourierBasis : public torch::CustomClassHolder {
 public:
  /// `padding`: per axis, the added share of the period. Throws ConfigError where 2 modes - 1 exceeds the extent.
  FourierBasis(std::span<const std::int64_t> extents, std::span<const std::int64_t> modes,
               std::span<const double> padding, const at::TensorOptions& options);

  int axes() const { return static_cast<int>(extents.size()); }

  std::vector<std::int64_t> extents, ranks;  ///< cells and basis functions per axis
  std::int64_t modes = 0, coefficients = 0;  ///< complex modes; product of ranks
  std::vector<at::Tensor> analysis;          ///< (rank, cells) per axis: values to coefficients
  std::vector<at::Tensor> synthesis;         ///< (cells, rank) per axis: coefficients to values
  std::vector<at::Tensor> analysis_adjoint;  ///< (cells, rank): transposes of `analysis`, contiguous
  std::vector<at::Tensor> synthesis_adjoint; ///< (rank, cells): transposes of `synthesis`, contiguous
  SignedGather to_modes;                     ///< coefficients -> 2 modes
  SignedGather from_modes;                   ///< its transpose
};

/// Number of complex modes that `modes` per axis keep.
std::int64_t count_modes(std::span<const std::int64_t> modes);

}  // namespace marea
