// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/parts/transfer.hpp>

#include <string>
#include <vector>

#include <marea/io/error.hpp>

namespace marea {
namespace {

/// Whether kernels may use the array where it is.
bool reached(const ArrayRef& array) { return array.memory == device_memory; }

FieldArray field_array(const ArrayRef& array, const Grid& grid) {
  FieldArray field;
  field.data = array.data;
  field.single = array.dtype == DType::f32;
  const int unused = 3 - grid.dimensions;
  for (int a = 0; a < 3; ++a) {
    field.begin[a] = grid.cells.begin[a];
    field.stride[a] = a < unused ? 0 : array.stride[a - unused];
  }
  field.component = array.rank > grid.dimensions ? array.stride[grid.dimensions] : 0;
  return field;
}

}  // namespace

void require_field_shape(std::string_view solver, std::string_view field, const ArrayRef& array, const Grid& grid,
                         int components) {
  const Block& block = grid.info.block;
  std::vector<std::int64_t> wanted(block.extent.begin(), block.extent.begin() + block.rank);
  if (components > 0) wanted.push_back(components);
  if (std::vector<std::int64_t>(array.extents().begin(), array.extents().end()) != wanted) {
    std::string text;
    for (const std::int64_t n : wanted) text += (text.empty() ? "" : ", ") + std::to_string(n);
    fail<ShapeError>(solver, field, " is ", to_string(array), ", must be [", text, "] on this rank");
  }
  if (array.dtype != DType::f32 && array.dtype != DType::f64)
    fail<ShapeError>(solver, field, " is ", to_string(array), ", must be f32 or f64");
}

OutgoingField::OutgoingField(const ArrayRef& out, const Grid& grid) : out_(out) {
  if (!reached(out)) staged_ = DeviceArray(out.dtype, out.extents());
  array_ = field_array(staged_.empty() ? out : staged_.ref(), grid);
}

void OutgoingField::finish() const {
  if (!staged_.empty()) copy_array(staged_.ref(), out_);
}

IncomingField::IncomingField(const ArrayRef& in, const Grid& grid) {
  if (!reached(in)) {
    staged_ = DeviceArray(in.dtype, in.extents());
    copy_array(in, staged_.ref());
  }
  array_ = field_array(staged_.empty() ? in : staged_.ref(), grid);
}

}  // namespace marea
