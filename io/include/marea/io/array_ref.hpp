// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace marea {

enum class DType : std::uint8_t { f32, f64, i32, i64, u8 };
/// Where an array lies: the host, a CUDA device, or a device that a build emulates on the host (MAREA_EMULATE_DEVICE),
/// whose memory is the host's but is treated as a device's.
enum class Memory : std::uint8_t { host, cuda, emulated };

/// Bytes of one element.
constexpr std::size_t element_size(DType dtype) {
  switch (dtype) {
    case DType::f32: case DType::i32: return 4;
    case DType::f64: case DType::i64: return 8;
    case DType::u8: return 1;
  }
  return 0;
}

/// "f32", "f64", …
std::string_view to_string(DType dtype);

template <class T> struct DTypeOf;
template <> struct DTypeOf<float> { static constexpr DType value = DType::f32; };
template <> struct DTypeOf<double> { static constexpr DType value = DType::f64; };
template <> struct DTypeOf<std::int32_t> { static constexpr DType value = DType::i32; };
template <> struct DTypeOf<std::int64_t> { static constexpr DType value = DType::i64; };
template <> struct DTypeOf<std::uint8_t> { static constexpr DType value = DType::u8; };
template <class T> inline constexpr DType dtype_of = DTypeOf<T>::value;

inline constexpr int max_rank = 6;

/// Non-owning description of a strided array: the only type that crosses the wall between
/// Kokkos and LibTorch. Strides are in elements. The owner of `data` must outlive it.
struct ArrayRef {
  void* data = nullptr;
  DType dtype = DType::f64;
  Memory memory = Memory::host;
  int device = 0;                                  ///< number of the CUDA device; 0 elsewhere
  int rank = 0;
  std::int64_t extent[max_rank] = {};
  std::int64_t stride[max_rank] = {};

  std::int64_t size() const;                       ///< number of elements
  bool is_contiguous() const;                      ///< C order without gaps
  std::span<const std::int64_t> extents() const { return {extent, static_cast<std::size_t>(rank)}; }
  std::span<const std::int64_t> strides() const { return {stride, static_cast<std::size_t>(rank)}; }

  /// The sub-array with the first index fixed: rank - 1. Throws ShapeError when out of range.
  ArrayRef operator[](std::int64_t index) const;
  /// The sub-array of indices [begin, end) of one axis. Throws ShapeError when out of range.
  ArrayRef slice(int axis, std::int64_t begin, std::int64_t end) const;
  /// The axes in another order, as numpy.transpose. Throws ShapeError unless `axes` is a permutation.
  ArrayRef permute(std::initializer_list<int> axes) const;

  /// Typed pointer. Throws ShapeError when the dtype is another one or the memory is not the host's.
  template <class T> T* as() const {
    require(dtype_of<T>);
    return static_cast<T*>(data);
  }

 private:
  void require(DType wanted) const;
};

/// "f64[3, 92, 120]", for messages.
std::string to_string(const ArrayRef& ref);

/// C-order description of host memory. Throws ShapeError for more than six extents.
ArrayRef make_array_ref(void* data, DType dtype, std::span<const std::int64_t> extents);
template <class T> ArrayRef make_array_ref(T* data, std::initializer_list<std::int64_t> extents) {
  return make_array_ref(const_cast<std::remove_const_t<T>*>(data), dtype_of<std::remove_const_t<T>>,
                        std::span<const std::int64_t>(extents.begin(), extents.size()));
}

/// Copies `from` into `to`: host memory, equal extents, any strides. Throws ShapeError when
/// extents or dtypes differ.
void copy(const ArrayRef& from, const ArrayRef& to);

/// As `copy`, and converts between f32 and f64 (named, so that no conversion is silent).
void copy_converting(const ArrayRef& from, const ArrayRef& to);

}  // namespace marea
