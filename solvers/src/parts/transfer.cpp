// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/parts/transfer.hpp>

#include <string>
#include <vector>

#include <marea/io/error.hpp>

namespace marea {
namespace {

using Buffer = Kokkos::View<double*, Device::memory_space>;

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

/// `like` in C order over other memory of the same dtype.
ArrayRef packed(const ArrayRef& like, void* data, Memory memory) {
  ArrayRef ref = make_array_ref(data, like.dtype, like.extents());
  ref.memory = memory;
  return ref;
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
  if (reached(out)) {
    array_ = field_array(out, grid);
    return;
  }
  buffer_ = Buffer("field.out", static_cast<std::size_t>(out.size()));
  staged_ = packed(out, buffer_.data(), device_memory);
  array_ = field_array(staged_, grid);
}

void OutgoingField::finish() const {
  if (!staged_.data) {
    Device().fence();
    return;
  }
  const auto host = host_mirror_and_copy(buffer_);
  copy(packed(out_, host.data(), Memory::host), out_);
}

IncomingField::IncomingField(const ArrayRef& in, const Grid& grid) {
  if (reached(in)) {
    array_ = field_array(in, grid);
    return;
  }
  buffer_ = Buffer("field.in", static_cast<std::size_t>(in.size()));
  const auto host = host_mirror(buffer_);
  copy(in, packed(in, host.data(), Memory::host));
  Kokkos::deep_copy(buffer_, host);
  array_ = field_array(packed(in, buffer_.data(), device_memory), grid);
}

}  // namespace marea
