// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <hdf5.h>

#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>

namespace marea::hdf5::detail {

static_assert(std::is_same_v<Id, hid_t> || sizeof(Id) == sizeof(hid_t));

/// Serialises all calls of HDF5 in this process, and switches its printing of errors off.
std::unique_lock<std::recursive_mutex> lock();

/// HDF5's innermost message of the last failure: "unable to open file: … No such file or directory".
std::string last_error();

/// Throws E with HDF5's last message when `status` is negative; gives `status` back otherwise.
template <class E = IoError, class Status>
Status check(Status status, std::string_view where, std::string_view what) {
  if (status < 0) fail<E>(where, what, " failed: ", last_error());
  return status;
}

/// Owns `id`, or throws as `check`.
template <class E = IoError>
Handle own(hid_t id, std::string_view where, std::string_view what) {
  return Handle(check<E>(id, where, what));
}

hid_t native_type(DType dtype);
Handle flag_type();                                     ///< ENUM{FALSE=0, TRUE=1} over int8
Handle text_type();                                     ///< variable-length UTF-8
bool is_flag_type(hid_t type);
/// Strings that stand one after another, `width` bytes each: up to the first zero, without the blanks of Fortran.
std::vector<std::string> split_strings(std::string_view bytes, std::size_t width);
Handle dataspace(const Extents& extents, const Extents& maximum, std::string_view where);

}  // namespace marea::hdf5::detail
