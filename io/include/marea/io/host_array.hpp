// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include <marea/io/array_ref.hpp>

namespace marea {

/// Owning C-order array in host memory, zero-initialised, of a dtype chosen at run time.
class HostArray {
 public:
  HostArray() = default;
  HostArray(DType dtype, std::span<const std::int64_t> extents);
  HostArray(DType dtype, std::initializer_list<std::int64_t> extents)
      : HostArray(dtype, std::span<const std::int64_t>(extents.begin(), extents.size())) {}

  /// View of the storage; valid while this array lives and is not assigned to.
  ArrayRef ref() const;
  DType dtype() const { return dtype_; }
  std::span<const std::int64_t> extents() const { return extents_; }
  std::int64_t size() const;

  /// Elements in C order. Throws ShapeError when T is not the dtype.
  template <class T> std::span<T> values() const {
    return {ref().as<T>(), static_cast<std::size_t>(size())};
  }

 private:
  DType dtype_ = DType::f64;
  std::vector<std::int64_t> extents_{0};
  mutable std::vector<std::byte> storage_;
};

}  // namespace marea
