// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/option_text.hpp>

#include "hdf5_detail.hpp"

namespace marea::hdf5 {
namespace {

using detail::check;
using detail::own;

constexpr hssize_t most_values = 1 << 24;  // attributes are small; a corrupted extent must not allocate

struct OpenAttribute {
  Handle attribute, type;
  std::size_t count = 0;
};

std::string label(const Object& object, const std::string& name) { return object.where() + "@" + name; }

OpenAttribute open(const Object& object, const std::string& name) {
  const std::string where = label(object, name);
  if (H5Aexists(object.id(), name.c_str()) <= 0) fail<DataError>(where, "the attribute is missing");
  OpenAttribute open;
  open.attribute = own<DataError>(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT), where, "opening");
  open.type = own<DataError>(H5Aget_type(open.attribute.get()), where, "reading the type");
  const Handle space = own<DataError>(H5Aget_space(open.attribute.get()), where, "reading the dataspace");
  const hssize_t count = check<DataError>(H5Sget_simple_extent_npoints(space.get()), where, "reading the extent");
  if (count > most_values) fail<DataError>(where, "has ", count, " values; at most ", most_values, " are read");
  open.count = static_cast<std::size_t>(count);
  return open;
}

template <class T>
std::vector<T> read_numbers(const Object& object, const std::string& name, hid_t memory, bool floating) {
  const auto held = detail::lock();
  const OpenAttribute a = open(object, name);
  const H5T_class_t kind = H5Tget_class(a.type.get());
  if (detail::is_flag_type(a.type.get())) {
    std::vector<signed char> flags(a.count);
    if (a.count > 0)
      check<DataError>(H5Aread(a.attribute.get(), a.type.get(), flags.data()), label(object, name), "reading");
    return {flags.begin(), flags.end()};
  }
  const bool number = kind == H5T_INTEGER || (kind == H5T_FLOAT && floating);
  if (!number) fail<DataError>(label(object, name), "must be ", floating ? "a number" : "an integer");
  std::vector<T> values(a.count);
  if (a.count > 0) check<DataError>(H5Aread(a.attribute.get(), memory, values.data()), label(object, name), "reading");
  return values;
}

template <class T>
T single(const std::vector<T>& values, const Object& object, const std::string& name) {
  if (values.size() != 1) fail<DataError>(label(object, name), "has ", values.size(), " values; it must have one");
  return values[0];
}

void write(Object& object, const std::string& name, hid_t type, const Extents& extents, const void* values) {
  const std::string where = label(object, name);
  const Handle space = detail::dataspace(extents, {}, where);
  if (H5Aexists(object.id(), name.c_str()) > 0) {
    const Handle old = own(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT), where, "opening");
    const Handle old_type = own(H5Aget_type(old.get()), where, "opening");
    const Handle old_space = own(H5Aget_space(old.get()), where, "opening");
    if (values && H5Tequal(old_type.get(), type) > 0 && H5Sextent_equal(old_space.get(), space.get()) > 0) {
      check(H5Awrite(old.get(), type, values), where, "writing the attribute");  // in place: no moment without it
      return;
    }
    check(H5Adelete(object.id(), name.c_str()), where, "replacing");
  }
  const Handle attribute = own(H5Acreate2(object.id(), name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT),
                               where, "creating the attribute");
  if (values) check(H5Awrite(attribute.get(), type, values), where, "writing the attribute");
}

Extents list_of(std::size_t count) { return {static_cast<std::int64_t>(count)}; }

std::vector<std::string> read_bytes(const Object& object, const std::string& name) {
  const auto held = detail::lock();
  const std::string here = label(object, name);
  const OpenAttribute a = open(object, name);
  if (a.count == 0) return {};  // an empty list of any class: writers disagree on its type
  if (H5Tget_class(a.type.get()) != H5T_STRING) fail<DataError>(here, "must be a string");
  std::vector<std::string> values;
  const Handle memory = own<DataError>(H5Tcopy(a.type.get()), here, "reading the string type");
  if (H5Tis_variable_str(a.type.get()) > 0) {
    std::vector<char*> pointers(a.count, nullptr);
    check<DataError>(H5Aread(a.attribute.get(), memory.get(), pointers.data()), here, "reading");
    for (char* text : pointers) {
      values.emplace_back(text ? text : "");
      H5free_memory(text);
    }
    return values;
  }
  const std::size_t width = H5Tget_size(a.type.get());
  if (width == 0 || width > static_cast<std::size_t>(most_values) / a.count)
    fail<DataError>(here, "holds strings of ", width, " bytes; that is too long");
  std::vector<char> bytes(width * a.count);
  check<DataError>(H5Aread(a.attribute.get(), memory.get(), bytes.data()), here, "reading");
  return detail::split_strings({bytes.data(), bytes.size()}, width);
}

}  // namespace

bool Object::has_attribute(const std::string& name) const {
  const auto held = detail::lock();
  return H5Aexists(id(), name.c_str()) > 0;
}

std::vector<std::string> Object::attributes() const {
  const auto held = detail::lock();
  std::vector<std::string> names;
  hsize_t position = 0;
  check<DataError>(H5Aiterate2(
                       id(), H5_INDEX_NAME, H5_ITER_INC, &position,
                       [](hid_t, const char* name, const H5A_info_t*, void* out) -> herr_t {
                         static_cast<std::vector<std::string>*>(out)->emplace_back(name);
                         return 0;
                       },
                       &names),
                   where(), "listing the attributes");
  return names;
}

bool Object::is_string_attribute(const std::string& name) const {
  const auto held = detail::lock();
  return has_attribute(name) && H5Tget_class(open(*this, name).type.get()) == H5T_STRING;
}

std::vector<std::string> Object::read_strings(const std::string& name) const {
  std::vector<std::string> values = read_bytes(*this, name);
  for (const std::string& value : values)
    if (!is_utf8(value))
      fail<DataError>(label(*this, name), "is text that is not UTF-8, perhaps Latin-1; write it as UTF-8 (h5py: "
                      "attrs[name] = attrs[name].decode('latin-1')), or take it out");
  return values;
}

std::string Object::read_string(const std::string& name) const { return single(read_strings(name), *this, name); }

std::vector<double> Object::read_doubles(const std::string& name) const {
  const auto held = detail::lock();
  if (detail::is_flag_type(open(*this, name).type.get())) {
    const std::vector<bool> flags = read_bools(name);
    return {flags.begin(), flags.end()};
  }
  return read_numbers<double>(*this, name, H5T_NATIVE_DOUBLE, true);
}
double Object::read_double(const std::string& name) const { return single(read_doubles(name), *this, name); }

std::vector<std::int64_t> Object::read_integers(const std::string& name) const {
  return read_numbers<std::int64_t>(*this, name, H5T_NATIVE_INT64, false);
}
std::int64_t Object::read_integer(const std::string& name) const { return single(read_integers(name), *this, name); }

std::vector<bool> Object::read_bools(const std::string& name) const {
  const auto held = detail::lock();
  const std::string here = label(*this, name);
  const OpenAttribute a = open(*this, name);
  const bool flag = detail::is_flag_type(a.type.get());
  if (!flag && H5Tget_class(a.type.get()) != H5T_INTEGER) fail<DataError>(here, "must be FALSE or TRUE");
  std::vector<signed char> values(a.count);
  const Handle memory = flag ? own<DataError>(H5Tcopy(a.type.get()), here, "reading the type")
                             : own<DataError>(H5Tcopy(H5T_NATIVE_SCHAR), here, "reading the type");
  if (a.count > 0) check<DataError>(H5Aread(a.attribute.get(), memory.get(), values.data()), here, "reading");
  return {values.begin(), values.end()};
}

bool Object::read_bool(const std::string& name) const {
  const std::vector<bool> values = read_bools(name);
  if (values.size() != 1) fail<DataError>(label(*this, name), "has ", values.size(), " values; it must have one");
  return values[0];
}

void Object::write_attribute(const std::string& name, std::string_view value) {
  const auto held = detail::lock();
  const std::string text(value);
  const char* pointer = text.c_str();
  write(*this, name, detail::text_type().get(), {}, &pointer);
}

void Object::write_attribute(const std::string& name, bool value) {
  const auto held = detail::lock();
  const signed char flag = value;
  write(*this, name, detail::flag_type().get(), {}, &flag);
}

void Object::write_attribute(const std::string& name, double value) {
  const auto held = detail::lock();
  write(*this, name, H5T_NATIVE_DOUBLE, {}, &value);
}

void Object::write_attribute(const std::string& name, std::int64_t value) {
  const auto held = detail::lock();
  write(*this, name, H5T_NATIVE_INT64, {}, &value);
}

void Object::write_attribute(const std::string& name, const std::vector<std::string>& values) {
  const auto held = detail::lock();
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  write(*this, name, detail::text_type().get(), list_of(values.size()), pointers.empty() ? nullptr : pointers.data());
}

void Object::write_attribute(const std::string& name, const std::vector<bool>& values) {
  const auto held = detail::lock();
  const std::vector<signed char> flags(values.begin(), values.end());
  write(*this, name, detail::flag_type().get(), list_of(values.size()), flags.empty() ? nullptr : flags.data());
}

void Object::write_attribute(const std::string& name, const std::vector<double>& values) {
  const auto held = detail::lock();
  write(*this, name, H5T_NATIVE_DOUBLE, list_of(values.size()), values.empty() ? nullptr : values.data());
}

void Object::write_attribute(const std::string& name, const std::vector<std::int64_t>& values) {
  const auto held = detail::lock();
  write(*this, name, H5T_NATIVE_INT64, list_of(values.size()), values.empty() ? nullptr : values.data());
}

void Object::remove_attribute(const std::string& name) {
  const auto held = detail::lock();
  check(H5Adelete(id(), name.c_str()), label(*this, name), "removing the attribute");
}

}  // namespace marea::hdf5
