// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cstring>

#include "convert.hpp"

// DLPack's published C structures (https://dmlc.github.io/dlpack/latest/c_api.html), so that no header of
// LibTorch's Python side is needed.
extern "C" {
struct DLDevice { std::int32_t type, id; };
struct DLDataType { std::uint8_t code, bits; std::uint16_t lanes; };
struct DLTensor {
  void* data;
  DLDevice device;
  std::int32_t ndim;
  DLDataType dtype;
  std::int64_t *shape, *strides;
  std::uint64_t byte_offset;
};
struct DLManagedTensor {
  DLTensor dl_tensor;
  void* manager_ctx;
  void (*deleter)(DLManagedTensor*);
};
struct DLManagedTensorVersioned {
  struct { std::uint32_t major, minor; } version;
  void* manager_ctx;
  void (*deleter)(DLManagedTensorVersioned*);
  std::uint64_t flags;
  DLTensor dl_tensor;
};
}

namespace marea::python {
namespace {

constexpr std::int32_t dl_cpu = 1, dl_cuda = 2;

DLDataType dl_type(DType dtype) {
  constexpr std::uint8_t integer = 0, unsigned_integer = 1, floating = 2;
  const auto bits = static_cast<std::uint8_t>(8 * element_size(dtype));
  switch (dtype) {
    case DType::f32: case DType::f64: return {floating, bits, 1};
    case DType::i32: case DType::i64: return {integer, bits, 1};
    case DType::u8: break;
  }
  return {unsigned_integer, bits, 1};
}

/// What a capsule points to: the tensor, the extents it refers to, and the Python object that owns the memory.
template <class Managed> struct Export {
  Managed tensor{};
  ArrayRef ref;
  PyObject* owner = nullptr;

  static void release(Managed* tensor) {
    py::gil_scoped_acquire gil;
    auto* self = static_cast<Export*>(tensor->manager_ctx);
    Py_DECREF(self->owner);
    delete self;
  }
};

template <class Managed> py::capsule make_capsule(const ArrayRef& ref, py::handle owner, const char* name) {
  auto* self = new Export<Managed>;
  self->ref = ref;
  self->owner = owner.inc_ref().ptr();
  self->tensor.dl_tensor = {ref.data,
                            {ref.memory == Memory::host ? dl_cpu : dl_cuda, ref.device},
                            ref.rank,
                            dl_type(ref.dtype),
                            self->ref.extent,
                            self->ref.stride,
                            0};
  self->tensor.manager_ctx = self;
  self->tensor.deleter = &Export<Managed>::release;
  if constexpr (std::is_same_v<Managed, DLManagedTensorVersioned>) self->tensor.version = {1, 0};
  // A consumer renames the capsule and calls the deleter itself; one that nobody consumed is released here.
  return py::capsule(&self->tensor, name, [](PyObject* capsule) {
    const char* name = PyCapsule_GetName(capsule);
    if (std::strncmp(name, "dltensor", 8) != 0) return;
    auto* tensor = static_cast<Managed*>(PyCapsule_GetPointer(capsule, name));
    tensor->deleter(tensor);
  });
}

}  // namespace

py::capsule to_dlpack(const ArrayRef& ref, py::handle owner, py::object max_version) {
  if (max_version.is_none() || max_version.cast<py::tuple>()[0].cast<int>() < 1)
    return make_capsule<DLManagedTensor>(ref, owner, "dltensor");
  return make_capsule<DLManagedTensorVersioned>(ref, owner, "dltensor_versioned");
}

py::tuple dlpack_device(const ArrayRef& ref) {
  return py::make_tuple(ref.memory == Memory::host ? dl_cpu : dl_cuda, ref.device);
}

}  // namespace marea::python
