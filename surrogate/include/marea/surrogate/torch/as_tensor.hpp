// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <ATen/ATen.h>

#include <marea/io/array_ref.hpp>
#include <marea/io/error.hpp>

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

/// Where LibTorch finds the memory: every memory that is no GPU's is the CPU's.
inline at::Device device_of(const ArrayRef& ref) {
  if (ref.memory != Memory::cuda) return {at::kCPU};
  return {at::kCUDA, static_cast<at::DeviceIndex>(ref.device)};
}

/// A tensor over the same memory: no copy, strides kept, device named. It must not outlive the owner of the memory.
/// Throws ShapeError for a stride below 0, which LibTorch does not know.
inline at::Tensor as_tensor(const ArrayRef& ref) {
  for (int d = 0; d < ref.rank; ++d)
    if (ref.stride[d] < 0) fail<ShapeError>("array", to_string(ref), " runs backwards along axis ", d, "; copy it first");
  const at::Device device = device_of(ref);
  const auto rank = static_cast<std::size_t>(ref.rank);
  return at::for_blob(ref.data, at::IntArrayRef(ref.extent, rank))
      .strides(at::IntArrayRef(ref.stride, rank))
      .options(at::TensorOptions(scalar_type(ref.dtype)).device(device))
      .target_device(device)
      .make_tensor();
}

}  // namespace marea
