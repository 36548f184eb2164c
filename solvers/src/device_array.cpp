// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/device_array.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/queue.hpp>
#include <marea/solvers/device.hpp>
#include <marea/solvers/field_algebra.hpp>
#include <marea/solvers/grid/kokkos_compat.hpp>

namespace marea {
namespace {

template <class Space> using Bytes = Kokkos::View<std::byte*, Space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
using DeviceBytes = Bytes<Device::memory_space>;
using HostBytes = Bytes<Kokkos::HostSpace>;

std::atomic<std::int64_t> bytes_to_host{0}, bytes_to_device{0};

std::size_t bytes_of(const ArrayRef& array) {
  return static_cast<std::size_t>(array.size()) * element_size(array.dtype);
}

/// True where kernels reach the array.
bool in_solvers_memory(const ArrayRef& array) { return array.memory == device_memory; }

void require_known_memory(const ArrayRef& array) {
  if (array.memory != Memory::host && !in_solvers_memory(array))
    fail<ShapeError>("copy_array", to_string(array), " lies neither on the host nor in the solvers' memory");
}

/// Contiguous, of one dtype.
void download(const ArrayRef& from, const ArrayRef& to) {
  const std::size_t bytes = bytes_of(from);
  Kokkos::deep_copy(HostBytes(static_cast<std::byte*>(to.data), bytes),
                    DeviceBytes(static_cast<std::byte*>(from.data), bytes));
  bytes_to_host += static_cast<std::int64_t>(bytes);
}

void upload(const ArrayRef& from, const ArrayRef& to) {
  const std::size_t bytes = bytes_of(from);
  Kokkos::deep_copy(DeviceBytes(static_cast<std::byte*>(to.data), bytes),
                    HostBytes(static_cast<std::byte*>(from.data), bytes));
  bytes_to_device += static_cast<std::int64_t>(bytes);
}

void copy_to_host(const ArrayRef& from, const ArrayRef& to) {
  DeviceArray packed;
  HostArray landed;
  ArrayRef source = from, target = to;
  if (!from.is_contiguous()) {
    packed = DeviceArray(from.dtype, from.extents());
    copy_array(from, source = packed.ref());
  }
  if (!to.is_contiguous() || to.dtype != from.dtype) {
    landed = HostArray(from.dtype, from.extents());
    target = landed.ref();
  }
  download(source, target);
  if (landed.size() > 0) copy_converting(target, to);
}

void copy_to_device(const ArrayRef& from, const ArrayRef& to) {
  DeviceArray landed;
  HostArray packed;
  ArrayRef source = from, target = to;
  if (!from.is_contiguous() || from.dtype != to.dtype) {
    packed = HostArray(to.dtype, to.extents());
    copy_converting(from, source = packed.ref());
  }
  if (!to.is_contiguous()) {
    landed = DeviceArray(to.dtype, to.extents());
    target = landed.ref();
  }
  upload(source, target);
  if (!landed.empty()) {
    copy_array(target, to);
    fence();  // before `landed` goes
  }
}

}  // namespace

DeviceArray::DeviceArray(DType dtype, std::span<const std::int64_t> extents)
    : shape_(make_array_ref(nullptr, dtype, extents)) {
  shape_.memory = device_memory;
  if constexpr (!device_is_host) shape_.device = std::max(process_device(), 0);
  const std::size_t bytes = bytes_of(shape_);
  if (bytes == 0) return;
  storage_.reset(Kokkos::kokkos_malloc<Device::memory_space>("device_array", bytes));
  Kokkos::deep_copy(DeviceBytes(static_cast<std::byte*>(storage_.get()), bytes), std::byte{0});
}

void DeviceArray::Free::operator()(void* memory) const { Kokkos::kokkos_free<Device::memory_space>(memory); }

ArrayRef DeviceArray::ref() const {
  ArrayRef ref = shape_;
  ref.data = storage_.get();
  return ref;
}

PinnedArray::PinnedArray(DType dtype, std::span<const std::int64_t> extents)
    : shape_(make_array_ref(nullptr, dtype, extents)) {
  if (shape_.size() > 0) storage_.reset(Kokkos::kokkos_malloc<PinnedSpace>("pinned_array", bytes_of(shape_)));
}

void PinnedArray::Free::operator()(void* memory) const { Kokkos::kokkos_free<PinnedSpace>(memory); }

ArrayRef PinnedArray::host() const {
  ArrayRef ref = shape_;
  ref.data = storage_.get();
  return ref;
}

ArrayRef PinnedArray::device() const {
  ArrayRef ref = host();
  ref.memory = device_memory;
  if constexpr (!device_is_host) ref.device = std::max(process_device(), 0);
  return ref;
}

void copy_array(const ArrayRef& from, const ArrayRef& to) {
  require_known_memory(from);
  require_known_memory(to);
  const std::span<const std::int64_t> a = from.extents(), b = to.extents();
  if (!std::equal(a.begin(), a.end(), b.begin(), b.end()))
    fail<ShapeError>("copy_array", "extents differ: from ", to_string(from), " to ", to_string(to));
  if (from.size() == 0) return;
  if (device_is_host && !Kokkos::is_initialized()) return copy_converting(from, to);
  if (in_solvers_memory(from) && in_solvers_memory(to)) return field_algebra::combine({{1, from}}, to);
  if (in_solvers_memory(from)) return copy_to_host(from, to);
  if (in_solvers_memory(to)) return copy_to_device(from, to);
  copy_converting(from, to);
}

MovedBytes moved_bytes() { return {bytes_to_host, bytes_to_device}; }

}  // namespace marea
