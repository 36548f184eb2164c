// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/host_array.hpp>

namespace marea {

HostArray::HostArray(DType dtype, std::span<const std::int64_t> extents)
    : dtype_(dtype), extents_(extents.begin(), extents.end()) {
  make_array_ref(nullptr, dtype, extents);  // checks the rank
  storage_.resize(static_cast<std::size_t>(size()) * element_size(dtype));
}

ArrayRef HostArray::ref() const { return make_array_ref(storage_.data(), dtype_, extents_); }

std::int64_t HostArray::size() const {
  std::int64_t n = 1;
  for (auto e : extents_) n *= e;
  return n;
}

}  // namespace marea
