// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "fno_kernels.hpp"

namespace marea {

/// y = gelu(y) for a contiguous y, its slope written to `slope` where that is not null; on all threads where the
/// caller is not in a parallel region.
template <class T> void gelu_in_place(at::Tensor& y, T* slope) {
  T* data = y.data_ptr<T>();
  at::parallel_for(0, y.numel(), 16384, [&](std::int64_t begin, std::int64_t end) {
    kernels::gelu(data + begin, data + begin, slope == nullptr ? nullptr : slope + begin, end - begin);
  });
}

}  // namespace marea
