// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>

// Inner loops of the Fourier neural operator on raw memory, compiled for the machine's vector units. T: float or double.
namespace marea::kernels {

/// y = x P(x), P the normal distribution function, in place where y is x; slope = y'(x), skipped where null.
/// In float P is good to 1e-7, as its rounding.
///
/// Source: Hendrycks and Gimpel (2016), arXiv:1606.08415; erf after Abramowitz and Stegun (1964), 7.1.26.
template <class T> void gelu(const T* x, T* y, T* slope, std::int64_t size);

/// y = a b, in place where y is a.
template <class T> void multiply(const T* a, const T* b, T* y, std::int64_t size);

/// Rows of a sparse matrix of signs: out[r * out_stride + c] = sum_t sign[r, t] in[index[r, t] * in_stride + c].
template <class T>
void gather(const std::int64_t* index, const T* sign, std::int64_t rows, std::int64_t terms, const T* in,
            std::int64_t in_stride, T* out, std::int64_t out_stride, std::int64_t channels);

/// One mode's complex products done as one real product: p (2, B, 2, C) holds X_r W_r, X_r W_i, X_i W_r, X_i W_i;
/// y (2, B, C) their sums, the real part first.
template <class T> void combine_products(const T* p, T* y, std::int64_t batch, std::int64_t channels);
/// The transpose of `combine_products`.
template <class T> void spread_products(const T* y, T* p, std::int64_t batch, std::int64_t channels);

}  // namespace marea::kernels
