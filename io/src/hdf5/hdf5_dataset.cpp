// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <hdf5_hl.h>

#include <algorithm>

#include <marea/io/host_array.hpp>

#include "dataset_storage.hpp"
#include "hdf5_detail.hpp"
#include "hdf5_driver.hpp"

namespace marea::hdf5 {
namespace {

using detail::check;
using detail::own;

std::int64_t product(const Extents& extents) {
  std::int64_t n = 1;
  for (const std::int64_t extent : extents) n *= extent;
  return n;
}

Handle type_of(const Dataset& dataset) {
  return own<DataError>(H5Dget_type(dataset.id()), dataset.where(), "reading the type");
}

/// FALSE and TRUE as 0 and 1 of another type: HDF5 turns no enumeration into numbers.
void read_flags(const Dataset& dataset, const Extents& start, const Extents& count, const ArrayRef& out) {
  const HostArray flags(DType::u8, count);
  dataset.read(start, count, flags.ref());
  const auto from = flags.values<std::uint8_t>();
  const auto put = [&]<class T>(T* to) { std::ranges::copy(from, to); };
  switch (out.dtype) {
    case DType::f32: return put(out.as<float>());
    case DType::f64: return put(out.as<double>());
    case DType::i32: return put(out.as<std::int32_t>());
    case DType::i64: return put(out.as<std::int64_t>());
    case DType::u8: return put(out.as<std::uint8_t>());
  }
}

}  // namespace

std::int64_t Dataset::size() const { return product(extents_); }

bool Dataset::is_number() const {
  const auto held = detail::lock();
  const Handle type = type_of(*this);
  const H5T_class_t kind = H5Tget_class(type.get());
  return kind == H5T_INTEGER || kind == H5T_FLOAT || detail::is_flag_type(type.get());
}

DType Dataset::dtype() const {
  const auto held = detail::lock();
  const Handle type = type_of(*this);
  const H5T_class_t kind = H5Tget_class(type.get());
  const std::size_t bytes = H5Tget_size(type.get());
  if (kind == H5T_FLOAT && bytes == 8) return DType::f64;
  if (kind == H5T_FLOAT && (bytes == 4 || bytes == 2)) return DType::f32;
  if (detail::is_flag_type(type.get())) return DType::u8;
  if (kind != H5T_INTEGER) fail<DataError>(where(), "must hold numbers: integers, floating-point numbers or booleans");
  const bool is_signed = H5Tget_sign(type.get()) == H5T_SGN_2;
  if (bytes == 1 && !is_signed) return DType::u8;
  return bytes < 4 || (bytes == 4 && is_signed) ? DType::i32 : DType::i64;
}

Extents Dataset::chunk() const {
  const auto held = detail::lock();
  const Handle list = own<DataError>(H5Dget_create_plist(id()), where(), "reading the layout");
  if (H5Pget_layout(list.get()) != H5D_CHUNKED) return {};
  std::vector<hsize_t> chunk(extents_.size());
  const int rank = static_cast<int>(chunk.size());
  check<DataError>(H5Pget_chunk(list.get(), rank, chunk.data()), where(), "reading the chunk");
  return {chunk.begin(), chunk.end()};
}

std::int64_t Dataset::stored_bytes() const {
  const auto held = detail::lock();
  return static_cast<std::int64_t>(H5Dget_storage_size(id()));
}

void Dataset::check_stored() const {
  const auto held = detail::lock();
  check_readable(*this);
  const Handle list = own<DataError>(H5Dget_create_plist(id()), where(), "reading the layout");
  if (H5Pget_layout(list.get()) == H5D_VIRTUAL) return;  // its sources hold the bytes
  const Handle type = type_of(*this);
  const double promised = static_cast<double>(size()) * static_cast<double>(H5Tget_size(type.get()));
  constexpr double densest = 1040;  // deflate cannot pack tighter than 1032 : 1
  if (promised > densest * static_cast<double>(stored_bytes()))
    fail<DataError>(where(), "promises ", promised, " bytes of values, but ", stored_bytes(), " bytes are stored");
}

std::vector<std::string> Dataset::read_strings() const {
  const auto held = detail::lock();
  const Handle type = type_of(*this);
  if (H5Tget_class(type.get()) != H5T_STRING) fail<DataError>(where(), "must hold strings");
  check_stored();
  if (H5Tis_variable_str(type.get()) <= 0) {
    std::size_t width = H5Tget_size(type.get());
    std::vector<char> bytes(static_cast<std::size_t>(size()) * width);
    check<DataError>(H5Dread(id(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), where(), "reading");
    // netCDF's characters: the last axis is that of the letters.
    if (width == 1 && extents_.size() > 1) width = static_cast<std::size_t>(extents_.back());
    return detail::split_strings({bytes.data(), bytes.size()}, width);
  }
  std::vector<char*> pointers(static_cast<std::size_t>(size()), nullptr);
  check<DataError>(H5Dread(id(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), where(), "reading");
  std::vector<std::string> values;
  for (char* text : pointers) {
    values.emplace_back(text ? text : "");
    H5free_memory(text);
  }
  return values;
}

void Dataset::read(const ArrayRef& out) const { read(Extents(extents_.size(), 0), extents_, out); }

void Dataset::read(const Extents& start, const Extents& count, const ArrayRef& out) const {
  if (out.is_contiguous()) return transfer(start, count, out, false);
  const HostArray dense(out.dtype, out.extents());
  transfer(start, count, dense.ref(), false);
  copy(dense.ref(), out);
}

void Dataset::write(const ArrayRef& in) { write(Extents(extents_.size(), 0), extents_, in); }

void Dataset::write(const Extents& start, const Extents& count, const ArrayRef& in) {
  if (in.is_contiguous()) return transfer(start, count, in, true);
  const HostArray dense(in.dtype, in.extents());
  copy(in, dense.ref());
  transfer(start, count, dense.ref(), true);
}

void Dataset::transfer(const Extents& start, const Extents& count, const ArrayRef& array, bool writing) const {
  const auto held = detail::lock();
  const std::string here = where();
  if (array.memory != Memory::host) fail<ShapeError>(here, to_string(array), " must lie in host memory");
  bool inside = start.size() == extents_.size() && count.size() == extents_.size();
  for (std::size_t a = 0; inside && a < extents_.size(); ++a)
    inside = start[a] >= 0 && count[a] >= 0 && start[a] <= extents_[a] && count[a] <= extents_[a] - start[a];
  if (!inside) fail<ShapeError>(here, "the box lies outside the dataset");
  const std::int64_t elements = product(count);
  if (elements != array.size()) fail<ShapeError>(here, elements, " elements do not fit ", to_string(array));
  const Handle type = type_of(*this);
  const H5T_class_t kind = H5Tget_class(type.get());
  const bool floating = array.dtype == DType::f32 || array.dtype == DType::f64;
  const bool is_flag = detail::is_flag_type(type.get()), flag = array.dtype == DType::u8 && is_flag;
  if (is_flag && !flag && !writing) return read_flags(*this, start, count, array);
  if (!flag && kind != H5T_INTEGER && !(kind == H5T_FLOAT && floating))
    fail<DataError>(here, "its values cannot be ", writing ? "written from " : "read into ", to_string(array));

  const Handle space = own(H5Dget_space(id()), here, "reading the dataspace");
  // The box's own shape: HDF5 maps selections of unequal shapes element by element, 40 times slower.
  const Handle memory = detail::dataspace(count, {}, here);
  if (elements == 0) {
    if (!collective_) return;
    check(H5Sselect_none(space.get()), here, "selecting nothing");
    check(H5Sselect_none(memory.get()), here, "selecting nothing");
  } else if (!extents_.empty()) {
    const std::vector<hsize_t> from(start.begin(), start.end()), how_many(count.begin(), count.end());
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, from.data(), nullptr, how_many.data(), nullptr), here,
          "selecting the box");
  }
  Handle collective;
#ifdef H5_HAVE_PARALLEL
  if (collective_) {
    collective = own(H5Pcreate(H5P_DATASET_XFER), here, "preparing the transfer");
    check(H5Pset_dxpl_mpio(collective.get(), H5FD_MPIO_COLLECTIVE), here, "preparing the transfer");
  }
#endif
  const hid_t list = collective ? collective.get() : H5P_DEFAULT;
  const hid_t native = flag ? type.get() : detail::native_type(array.dtype);
  if (writing) {
    check(H5Dwrite(id(), native, memory.get(), space.get(), list, array.data), here, "writing");
    if (!collective_) detail::check_writes(id(), here);
  } else
    check<DataError>(H5Dread(id(), native, memory.get(), space.get(), list, array.data), here, "reading");
}

void Dataset::resize(const Extents& extents) {
  const auto held = detail::lock();
  if (extents.size() != extents_.size()) fail<ShapeError>(where(), "a dataset keeps its number of axes");
  const std::vector<hsize_t> size(extents.begin(), extents.end());
  check(H5Dset_extent(id(), size.data()), where(), "resizing");
  extents_ = extents;
}

void Dataset::make_scale(const std::string& name) {
  const auto held = detail::lock();
  check(H5DSset_scale(id(), name.c_str()), where(), "making a dimension scale");
}

void Dataset::attach_scale(const Dataset& scale, int axis) {
  const auto held = detail::lock();
  check(H5DSattach_scale(id(), scale.id(), static_cast<unsigned>(axis)), where(), "attaching a dimension scale");
}

}  // namespace marea::hdf5
