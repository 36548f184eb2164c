// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>

#include <marea/io/array_ref.hpp>

namespace marea {

/// Owning C-order array in the memory that the solvers' kernels work on (the device's, or the host's where kernels run
/// there), zeroed. Movable. It must be gone when the Runtime ends. No Kokkos in this header.
class DeviceArray {
 public:
  DeviceArray() = default;
  /// Throws ShapeError for more than six extents.
  DeviceArray(DType dtype, std::span<const std::int64_t> extents);
  DeviceArray(DType dtype, std::initializer_list<std::int64_t> extents)
      : DeviceArray(dtype, std::span<const std::int64_t>(extents.begin(), extents.size())) {}

  /// View of the storage; valid while this array lives and is not assigned to.
  ArrayRef ref() const;
  std::int64_t size() const { return ref().size(); }
  /// True when nothing was allocated: default-constructed, moved from, or without elements.
  bool empty() const { return !storage_; }

 private:
  struct Free {
    void operator()(void* memory) const;
  };
  std::unique_ptr<void, Free> storage_;
  ArrayRef shape_ = make_array_ref(nullptr, DType::f64, std::initializer_list<std::int64_t>{0});
};

/// Owning C-order array in host memory that kernels reach without a copy (pinned, where the solvers compute on a GPU): what
/// a kernel writes to it is there for the host after fence(). Movable. It must be gone when the Runtime ends.
class PinnedArray {
 public:
  PinnedArray() = default;
  PinnedArray(DType dtype, std::span<const std::int64_t> extents);

  ArrayRef host() const;    ///< for the host
  ArrayRef device() const;  ///< the same memory for kernels, to give to SolverInterface::read

 private:
  struct Free {
    void operator()(void* memory) const;
  };
  std::unique_ptr<void, Free> storage_;
  ArrayRef shape_ = make_array_ref(nullptr, DType::f64, std::initializer_list<std::int64_t>{0});
};

/// Copies between arrays of equal extents, f32 or f64, any strides, each on the host or in the solvers' memory.
/// Between two arrays of the solvers' memory nothing crosses to the host, and the copy is ready in the order of
/// device_queue(); any other copy is complete on return. Throws ShapeError where extents differ.
void copy_array(const ArrayRef& from, const ArrayRef& to);

/// Bytes that copy_array has moved between the host and a device so far, in this process. Both stay 0 where the
/// solvers' memory is the host's.
struct MovedBytes {
  std::int64_t to_host = 0, to_device = 0;
};
MovedBytes moved_bytes();

}  // namespace marea
