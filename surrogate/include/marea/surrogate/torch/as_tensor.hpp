// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <ATen/ATen.h>

#include <marea/io/array_ref.hpp>

namespace marea {

inline at::ScalarType scalar_type(DType dtype) {
  switch (dtype) {
    case DType::f32: return at::kFloat;
    case DType::f64: return at::kDouble;
    case DType::i32: return at::kInt;
    case DType::i64: return at::kLong;
    case DType::u8: return at::kByte;
  }
  return at::kFloat;
}

/// A tensor over the same memory: no copy, strides kept, device named. It must not outlive the owner of the memory.
inline at::Tensor as_tensor(const ArrayRef& ref) {
  const at::Device device = ref.memory == Memory::host
                                ? at::Device(at::kCPU)
                                : at::Device(at::kCUDA, static_cast<at::DeviceIndex>(ref.device));
  const auto rank = static_cast<std::size_t>(ref.rank);
  return at::for_blob(ref.data, at::IntArrayRef(ref.extent, rank))
      .strides(at::IntArrayRef(ref.stride, rank))
      .options(at::TensorOptions(scalar_type(ref.dtype)).device(device))
      .target_device(device)
      .make_tensor();
}

}  // namespace marea
