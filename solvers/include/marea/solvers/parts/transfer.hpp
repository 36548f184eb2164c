// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string_view>

#include <marea/io/array_ref.hpp>
#include <marea/solvers/device_array.hpp>
#include <marea/solvers/grid/grid.hpp>

// Values of a rank's cells between kernels and the arrays of whoever calls a solver: host or device memory, f32 or f64,
// any strides. Where a kernel reaches the array it reads or writes it in place; else one array of the field's size goes
// through memory that both sides reach.
namespace marea {

/// The values of one field for kernels, indexed by the cells of the state (ghosts counted).
struct FieldArray {
  void* data = nullptr;
  bool single = false;           ///< float, else double
  std::int64_t stride[3] = {};   ///< per axis (k, j, i), in elements; 0 on unused axes
  std::int64_t component = 0;    ///< between the components of a vector
  int begin[3] = {};             ///< first interior cell

  KOKKOS_INLINE_FUNCTION std::int64_t at(int k, int j, int i, int c) const {
    return (k - begin[0]) * stride[0] + (j - begin[1]) * stride[1] + (i - begin[2]) * stride[2] + c * component;
  }
  KOKKOS_INLINE_FUNCTION double get(int k, int j, int i, int c = 0) const {
    return single ? static_cast<double>(static_cast<const float*>(data)[at(k, j, i, c)])
                  : static_cast<const double*>(data)[at(k, j, i, c)];
  }
  KOKKOS_INLINE_FUNCTION void put(int k, int j, int i, int c, double value) const {
    if (single) {
      static_cast<float*>(data)[at(k, j, i, c)] = static_cast<float>(value);
    } else {
      static_cast<double*>(data)[at(k, j, i, c)] = value;
    }
  }
};

/// Throws ShapeError that names solver and field unless `array` has this rank's cells and `components` (0: a scalar,
/// without an axis of components) and is f32 or f64.
void require_field_shape(std::string_view solver, std::string_view field, const ArrayRef& array, const Grid& grid,
                         int components);

/// An array of the caller as kernels write it. finish() brings what they wrote to it: at once to host memory, in the
/// order of device_queue() to memory that kernels reach.
class OutgoingField {
 public:
  OutgoingField(const ArrayRef& out, const Grid& grid);
  const FieldArray& array() const { return array_; }
  void finish() const;

 private:
  ArrayRef out_;
  DeviceArray staged_;
  FieldArray array_;
};

/// An array of the caller as kernels read it. The caller's array must live as long.
class IncomingField {
 public:
  IncomingField(const ArrayRef& in, const Grid& grid);
  const FieldArray& array() const { return array_; }

 private:
  DeviceArray staged_;
  FieldArray array_;
};

}  // namespace marea
