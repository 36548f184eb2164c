// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/array_ref.hpp>

#include <cstring>

#include <marea/io/error.hpp>

namespace marea {

std::string_view to_string(DType dtype) {
  switch (dtype) {
    case DType::f32: return "f32";
    case DType::f64: return "f64";
    case DType::i32: return "i32";
    case DType::i64: return "i64";
    case DType::u8: return "u8";
  }
  return "?";
}

std::int64_t ArrayRef::size() const {
  std::int64_t n = 1;
  for (int r = 0; r < rank; ++r) n *= extent[r];
  return n;
}

bool ArrayRef::is_contiguous() const {
  std::int64_t expected = 1;
  for (int r = rank - 1; r >= 0; --r) {
    if (extent[r] != 1 && stride[r] != expected) return false;
    expected *= extent[r];
  }
  return true;
}

static void* advance(const ArrayRef& a, std::int64_t elements) {
  return static_cast<std::byte*>(a.data) + elements * static_cast<std::int64_t>(element_size(a.dtype));
}

ArrayRef ArrayRef::operator[](std::int64_t index) const {
  if (rank == 0 || index < 0 || index >= extent[0])
    fail<ShapeError>("ArrayRef", "index ", index, " lies outside the first axis of ", to_string(*this));
  ArrayRef sub = *this;
  sub.data = advance(*this, index * stride[0]);
  sub.rank = rank - 1;
  for (int r = 0; r < sub.rank; ++r) {
    sub.extent[r] = extent[r + 1];
    sub.stride[r] = stride[r + 1];
  }
  sub.extent[sub.rank] = sub.stride[sub.rank] = 0;
  return sub;
}

ArrayRef ArrayRef::slice(int axis, std::int64_t begin, std::int64_t end) const {
  if (axis < 0 || axis >= rank || begin < 0 || end < begin || end > extent[axis])
    fail<ShapeError>("ArrayRef", "slice [", begin, ", ", end, ") of axis ", axis, " lies outside ", to_string(*this));
  ArrayRef sub = *this;
  sub.data = advance(*this, begin * stride[axis]);
  sub.extent[axis] = end - begin;
  return sub;
}

ArrayRef ArrayRef::permute(std::initializer_list<int> axes) const {
  ArrayRef out = *this;
  bool seen[max_rank] = {};
  int r = 0;
  bool valid = static_cast<int>(axes.size()) == rank;
  for (int axis : axes) {
    valid = valid && axis >= 0 && axis < rank && !seen[axis];
    if (!valid) fail<ShapeError>("ArrayRef", "permute needs each axis of ", to_string(*this), " once");
    seen[axis] = true;
    out.extent[r] = extent[axis];
    out.stride[r++] = stride[axis];
  }
  if (!valid) fail<ShapeError>("ArrayRef", "permute needs each axis of ", to_string(*this), " once");
  return out;
}

void ArrayRef::require(DType wanted) const {
  if (dtype != wanted)
    fail<ShapeError>("ArrayRef", to_string(*this), " is not ", to_string(wanted), "; convert it with copy_converting");
  if (memory != Memory::host)
    fail<ShapeError>("ArrayRef", to_string(*this), " lies on device ", device, "; copy it to the host first");
}

std::string to_string(const ArrayRef& ref) {
  std::string text{to_string(ref.dtype)};
  text += '[';
  for (int r = 0; r < ref.rank; ++r) {
    if (r) text += ", ";
    text += std::to_string(ref.extent[r]);
  }
  return text += ']';
}

ArrayRef make_array_ref(void* data, DType dtype, std::span<const std::int64_t> extents) {
  if (extents.size() > static_cast<std::size_t>(max_rank))
    fail<ShapeError>("make_array_ref", extents.size(), " axes; at most ", max_rank, " are supported");
  ArrayRef ref;
  ref.data = data;
  ref.dtype = dtype;
  ref.rank = static_cast<int>(extents.size());
  std::int64_t stride = 1;
  for (int r = ref.rank - 1; r >= 0; --r) {
    ref.extent[r] = extents[static_cast<std::size_t>(r)];
    ref.stride[r] = stride;
    stride *= ref.extent[r];
  }
  return ref;
}

namespace {

void check_copy(const ArrayRef& from, const ArrayRef& to) {
  bool same = from.rank == to.rank;
  for (int r = 0; same && r < from.rank; ++r) same = from.extent[r] == to.extent[r];
  if (!same) fail<ShapeError>("copy", "extents differ: from ", to_string(from), " to ", to_string(to));
  if (from.memory != Memory::host || to.memory != Memory::host)
    fail<ShapeError>("copy", "both arrays must lie in host memory");
}

template <class From, class To>
void copy_axis(const From* from, const ArrayRef& f, To* to, const ArrayRef& t, int axis) {
  if (axis == f.rank) {
    *to = static_cast<To>(*from);
    return;
  }
  const auto n = f.extent[axis], sf = f.stride[axis], st = t.stride[axis];
  if (axis == f.rank - 1) {
    if constexpr (std::is_same_v<From, To>) {
      if (sf == 1 && st == 1) {
        std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(To));
        return;
      }
    }
    for (std::int64_t i = 0; i < n; ++i) to[i * st] = static_cast<To>(from[i * sf]);
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) copy_axis(from + i * sf, f, to + i * st, t, axis + 1);
}

template <class From, class To>
void copy_typed(const ArrayRef& from, const ArrayRef& to) {
  if (from.size() > 0) copy_axis(static_cast<const From*>(from.data), from, static_cast<To*>(to.data), to, 0);
}

}  // namespace

void copy(const ArrayRef& from, const ArrayRef& to) {
  check_copy(from, to);
  if (from.dtype != to.dtype)
    fail<ShapeError>("copy", "dtypes differ: from ", to_string(from), " to ", to_string(to), "; use copy_converting");
  switch (element_size(from.dtype)) {
    case 1: return copy_typed<std::uint8_t, std::uint8_t>(from, to);
    case 4: return copy_typed<std::uint32_t, std::uint32_t>(from, to);
    default: return copy_typed<std::uint64_t, std::uint64_t>(from, to);
  }
}

void copy_converting(const ArrayRef& from, const ArrayRef& to) {
  if (from.dtype == to.dtype) return copy(from, to);
  check_copy(from, to);
  if (from.dtype == DType::f32 && to.dtype == DType::f64) return copy_typed<float, double>(from, to);
  if (from.dtype == DType::f64 && to.dtype == DType::f32) return copy_typed<double, float>(from, to);
  fail<ShapeError>("copy_converting", "only f32 and f64 convert: from ", to_string(from), " to ", to_string(to));
}

}  // namespace marea
