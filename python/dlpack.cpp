// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cstring>

#include <marea/solvers/device.hpp>

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

/// Memory that is no GPU's is the CPU's.
DLDevice device_of(const ArrayRef& ref) {
  return ref.memory == Memory::cuda ? DLDevice{dl_cuda, ref.device} : DLDevice{dl_cpu, 0};
}

/// Sees to it that what is enqueued on `queue` is done before what the consumer does on `stream`, which the array API
/// numbers: none or 1 the legacy default stream, 2 that of the thread, -1 one that needs no order, else its address.
/// On one stream the order is there already; for another one the host waits.
void hand_over(const Queue& queue, const py::object& stream, DLDevice device) {
  if (device.type == dl_cpu) {
    if (!stream.is_none()) throw py::buffer_error("stream must be None for memory of the CPU");
    return;
  }
  const auto consumer = stream.is_none() ? std::intptr_t{1} : stream.cast<std::intptr_t>();
  if (consumer == 0 || consumer < -1)
    throw py::value_error(
        "stream must be 1 (the default stream), 2 (the thread's), -1 (no order) or a stream's address");
  const auto own = queue.stream == nullptr ? std::intptr_t{1} : reinterpret_cast<std::intptr_t>(queue.stream);
  if (consumer == -1 || consumer == own) return;
  py::gil_scoped_release release;
  fence();
}

template <class Managed> py::capsule make_capsule(const ArrayRef& ref, py::handle owner, const char* name) {
  auto* self = new Export<Managed>;
  self->ref = ref;
  self->owner = owner.inc_ref().ptr();
  self->tensor.dl_tensor = {ref.data,
                            device_of(ref),
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

py::capsule to_dlpack(const ArrayRef& ref, py::handle owner, const Queue& queue, const DlpackRequest& request) {
  const DLDevice device = device_of(ref);
  if (!request.dl_device.is_none() && !request.dl_device.equal(py::make_tuple(device.type, device.id)))
    throw py::buffer_error("dl_device must be the array's own device; copy it there with the consumer's means");
  if (!request.copy.is_none() && request.copy.cast<bool>())
    throw py::buffer_error("copy = True: the solver shares its memory; copy the array that comes of it");
  hand_over(queue, request.stream, device);
  const py::object& version = request.max_version;
  if (version.is_none() || version.cast<py::tuple>()[0].cast<int>() < 1)
    return make_capsule<DLManagedTensor>(ref, owner, "dltensor");
  return make_capsule<DLManagedTensorVersioned>(ref, owner, "dltensor_versioned");
}

py::tuple dlpack_device(const ArrayRef& ref) {
  const DLDevice device = device_of(ref);
  return py::make_tuple(device.type, device.id);
}

}  // namespace marea::python
