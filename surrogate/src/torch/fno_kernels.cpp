// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "fno_kernels.hpp"

#include <bit>
#include <cmath>
#include <numbers>

namespace marea::kernels {
namespace {

/// P(x) and its density.
template <class T> struct Normal {
  T distribution, density;
};

/// exp(x) for x <= 0, to 2 units in the last place; 0 below -87.
inline float exp_negative(float x) {
  const float clamped = x < -87.0f ? -87.0f : x;  // keeps a NaN
  const float shift = 12582912.0f;                // 1.5 2^23: adding it rounds to an integer
  const float shifted = clamped * std::numbers::log2e_v<float> + shift;
  const float n = shifted - shift;
  const float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float fraction = p * r * r + r + 1.0f;
  const auto exponent = static_cast<std::uint32_t>(std::bit_cast<std::int32_t>(shifted)) << 23;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(fraction) + exponent);
}

inline Normal<float> normal(float x) {
  const float e = exp_negative(-0.5f * x * x);
  const float t = 1.0f / (1.0f + 0.3275911f * std::numbers::sqrt2_v<float> * 0.5f * std::fabs(x));
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const float tail = 0.5f * p * t * e;  // 1 - P(|x|)
  return {x < 0 ? tail : 1.0f - tail, 0.398942280401f * e};
}

inline Normal<double> normal(double x) {
  return {0.5 * std::erfc(-x / std::numbers::sqrt2), std::exp(-0.5 * x * x) * 0.3989422804014327};
}

}  // namespace

template <class T> void gelu(const T* x, T* y, T* slope, std::int64_t size) {
  if (slope == nullptr) {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < size; ++i) y[i] = x[i] * normal(x[i]).distribution;
    return;
  }
#pragma GCC ivdep
  for (std::int64_t i = 0; i < size; ++i) {
    const T value = x[i];
    const Normal<T> n = normal(value);
    y[i] = value * n.distribution;
    slope[i] = n.distribution + value * n.density;
  }
}

template <class T> void multiply(const T* a, const T* b, T* y, std::int64_t size) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < size; ++i) y[i] = a[i] * b[i];
}

template <class T>
void gather(const std::int64_t* index, const T* sign, std::int64_t rows, std::int64_t terms, const T* in,
            std::int64_t in_stride, T* out, std::int64_t out_stride, std::int64_t channels) {
  for (std::int64_t r = 0; r < rows; ++r, index += terms, sign += terms, out += out_stride) {
    if (terms == 2) {
      const T *a = in + index[0] * in_stride, *b = in + index[1] * in_stride;
      const T sa = sign[0], sb = sign[1];
#pragma GCC ivdep
      for (std::int64_t c = 0; c < channels; ++c) out[c] = sa * a[c] + sb * b[c];
      continue;
    }
    const T* first = in + index[0] * in_stride;
#pragma GCC ivdep
    for (std::int64_t c = 0; c < channels; ++c) out[c] = sign[0] * first[c];
    for (std::int64_t t = 1; t < terms; ++t) {
      const T* from = in + index[t] * in_stride;
      const T s = sign[t];
#pragma GCC ivdep
      for (std::int64_t c = 0; c < channels; ++c) out[c] += s * from[c];
    }
  }
}

template <class T> void combine_products(const T* p, T* y, std::int64_t batch, std::int64_t channels) {
  for (std::int64_t b = 0; b < batch; ++b) {
    const T *re = p + b * 2 * channels, *im = re + batch * 2 * channels;
    T *y_re = y + b * channels, *y_im = y_re + batch * channels;
#pragma GCC ivdep
    for (std::int64_t c = 0; c < channels; ++c) {
      y_re[c] = re[c] - im[channels + c];
      y_im[c] = re[channels + c] + im[c];
    }
  }
}

template <class T> void spread_products(const T* y, T* p, std::int64_t batch, std::int64_t channels) {
  for (std::int64_t b = 0; b < batch; ++b) {
    const T *y_re = y + b * channels, *y_im = y_re + batch * channels;
    T *re = p + b * 2 * channels, *im = re + batch * 2 * channels;
#pragma GCC ivdep
    for (std::int64_t c = 0; c < channels; ++c) {
      re[c] = y_re[c];
      re[channels + c] = y_im[c];
      im[c] = y_im[c];
      im[channels + c] = -y_re[c];
    }
  }
}

#define MAREA_INSTANTIATE(T)                                                                                         \
  template void gelu(const T*, T*, T*, std::int64_t);                                                                \
  template void multiply(const T*, const T*, T*, std::int64_t);                                                      \
  template void gather(const std::int64_t*, const T*, std::int64_t, std::int64_t, const T*, std::int64_t, T*,        \
                       std::int64_t, std::int64_t);                                                                  \
  template void combine_products(const T*, T*, std::int64_t, std::int64_t);                                          \
  template void spread_products(const T*, T*, std::int64_t, std::int64_t);
MAREA_INSTANTIATE(float)
MAREA_INSTANTIATE(double)
#undef MAREA_INSTANTIATE

}  // namespace marea::kernels
