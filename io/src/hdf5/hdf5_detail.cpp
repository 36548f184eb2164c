// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "hdf5_detail.hpp"

#include <algorithm>

namespace marea::hdf5 {

namespace detail {

std::unique_lock<std::recursive_mutex> lock() {
  static std::recursive_mutex mutex;
  std::unique_lock<std::recursive_mutex> held(mutex);
  thread_local const bool silenced = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
  (void)silenced;
  return held;
}

std::string last_error() {
  std::string text;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_UPWARD,
      [](unsigned, const H5E_error2_t* entry, void* out) -> herr_t {
        auto& message = *static_cast<std::string*>(out);
        if (message.empty() && entry->desc) message = entry->desc;
        return 0;
      },
      &text);
  H5Eclear2(H5E_DEFAULT);
  return text.empty() ? "HDF5 gives no reason" : text;
}

hid_t native_type(DType dtype) {
  switch (dtype) {
    case DType::f32: return H5T_NATIVE_FLOAT;
    case DType::f64: return H5T_NATIVE_DOUBLE;
    case DType::i32: return H5T_NATIVE_INT32;
    case DType::i64: return H5T_NATIVE_INT64;
    case DType::u8: return H5T_NATIVE_UINT8;
  }
  return H5T_NATIVE_DOUBLE;
}

Handle flag_type() {
  Handle type = own(H5Tenum_create(H5T_STD_I8LE), "HDF5", "creating the FALSE/TRUE type");
  signed char value = 0;
  check(H5Tenum_insert(type.get(), "FALSE", &value), "HDF5", "naming FALSE");
  value = 1;
  check(H5Tenum_insert(type.get(), "TRUE", &value), "HDF5", "naming TRUE");
  return type;
}

Handle text_type() {
  Handle type = own(H5Tcopy(H5T_C_S1), "HDF5", "creating the string type");
  check(H5Tset_size(type.get(), H5T_VARIABLE), "HDF5", "creating the string type");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "HDF5", "creating the string type");
  return type;
}

bool is_flag_type(hid_t type) {
  return H5Tget_class(type) == H5T_ENUM && H5Tget_size(type) == 1 && H5Tget_nmembers(type) == 2;
}

std::vector<std::string> split_strings(std::string_view bytes, std::size_t width) {
  std::vector<std::string> strings;
  for (; bytes.size() >= width && width > 0; bytes.remove_prefix(width)) {
    const std::string_view text = bytes.substr(0, std::min(width, bytes.find('\0')));
    strings.emplace_back(text.substr(0, text.find_last_not_of(' ') + 1));
  }
  return strings;
}

Handle dataspace(const Extents& extents, const Extents& maximum, std::string_view where) {
  if (extents.empty()) return own(H5Screate(H5S_SCALAR), where, "creating a scalar dataspace");
  std::vector<hsize_t> now(extents.begin(), extents.end()), most(now);
  if (!maximum.empty())
    for (std::size_t a = 0; a < now.size(); ++a)
      most[a] = maximum.at(a) == unlimited ? H5S_UNLIMITED : static_cast<hsize_t>(maximum[a]);
  return own(H5Screate_simple(static_cast<int>(now.size()), now.data(), most.data()), where, "creating a dataspace");
}

}  // namespace detail

Handle::~Handle() {
  if (id_ < 0) return;
  const auto held = detail::lock();
  if (H5Iis_valid(id_) > 0) H5Idec_ref(id_);
}

bool is_parallel() {
#ifdef H5_HAVE_PARALLEL
  return true;
#else
  return false;
#endif
}

std::string version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

}  // namespace marea::hdf5
