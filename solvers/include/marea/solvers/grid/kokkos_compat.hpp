// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <type_traits>

#include <Kokkos_Core.hpp>

#include <marea/io/array_ref.hpp>
#include <marea/io/queue.hpp>

// The one place that knows what differs between Kokkos 3.4 and 5.
namespace marea {

/// Where kernels run: OpenMP, Serial or CUDA, as Kokkos was built.
using Device = Kokkos::DefaultExecutionSpace;

/// True in a build that treats the host as a device with memory of its own (MAREA_EMULATE_DEVICE), so that every
/// device path runs without a GPU.
#ifdef MAREA_EMULATE_DEVICE
inline constexpr bool device_is_emulated = true;
#else
inline constexpr bool device_is_emulated = false;
#endif

/// True where kernels run on the host: a question of execution, since a coherent machine reads any memory.
inline constexpr bool device_is_host =
    std::is_same_v<Device, Kokkos::DefaultHostExecutionSpace> && !device_is_emulated;

/// Where the device's Views lie.
inline constexpr Memory device_memory =
    device_is_host ? Memory::host : device_is_emulated ? Memory::emulated : Memory::cuda;

namespace detail {

/// Tells a mirror from a device View where both lie in HostSpace.
using MirrorTraits = Kokkos::MemoryTraits<device_is_emulated ? unsigned{Kokkos::Restrict} : 0u>;

}  // namespace detail

/// The host's copy of a View: the same memory where the device is the host.
template <class View>
using HostMirror = Kokkos::View<typename View::non_const_data_type, typename View::array_layout, Kokkos::HostSpace,
                                detail::MirrorTraits>;

/// True for a View that the host reads and writes, HostMirror among them.
template <class View>
inline constexpr bool lies_on_host =
    device_is_host || !std::is_same_v<typename View::memory_space, Device::memory_space> ||
    (device_is_emulated && std::is_same_v<typename View::memory_traits, detail::MirrorTraits>);

/// The View itself where the device is the host, otherwise host memory of its extents, values not set.
template <class View> HostMirror<View> host_mirror(const View& view) {
  if constexpr (device_is_host) {
    return view;
  } else {
    return HostMirror<View>(Kokkos::view_alloc(view.label(), Kokkos::WithoutInitializing), view.layout());
  }
}

/// The View itself where the device is the host, otherwise a copy of its values on the host, complete on return.
template <class View> HostMirror<View> host_mirror_and_copy(const View& view) {
  const HostMirror<View> host = host_mirror(view);
  if constexpr (!device_is_host) Kokkos::deep_copy(host, view);
  return host;
}

/// Host memory that kernels reach too and MPI sends from: page-locked where the device is a GPU.
#ifdef KOKKOS_ENABLE_CUDA
using PinnedSpace = Kokkos::CudaHostPinnedSpace;
#else
using PinnedSpace = Kokkos::HostSpace;
#endif

/// CUDA devices that this process sees; may be called before Kokkos starts.
inline int device_count() {
  int count = 0;
#ifdef KOKKOS_ENABLE_CUDA
  if (cudaGetDeviceCount(&count) != cudaSuccess) count = 0;
#endif
  return count;
}

/// The stream and device that kernels run on; on the host neither.
inline Queue default_queue() {
#ifdef KOKKOS_ENABLE_CUDA
  const Kokkos::Cuda device;
  return {device.cuda_stream(), device.cuda_device()};
#else
  return {};
#endif
}

/// Threads that one kernel uses (host backends) or the device's concurrency.
inline int concurrency() { return Device().concurrency(); }

/// Starts Kokkos with that many host threads (0: its own choice) on that CUDA device (-1: its own choice), without
/// warnings on standard output.
inline void start_kokkos(int threads, int device) {
#if KOKKOS_VERSION >= 30700
  Kokkos::InitializationSettings settings;
  settings.set_disable_warnings(true);
  if (threads > 0) settings.set_num_threads(threads);
  if (device >= 0) settings.set_device_id(device);
  Kokkos::initialize(settings);
#else
  Kokkos::InitArguments arguments;
  arguments.disable_warnings = true;
  if (threads > 0) arguments.num_threads = threads;
  if (device >= 0) arguments.device_id = device;
  Kokkos::initialize(arguments);
#endif
}

/// A named region in the profiler, for as long as it lives.
class ScopedRegion {
 public:
  explicit ScopedRegion(const std::string& name) { Kokkos::Profiling::pushRegion(name); }
  ScopedRegion(const ScopedRegion&) = delete;
  ScopedRegion& operator=(const ScopedRegion&) = delete;
  ~ScopedRegion() { Kokkos::Profiling::popRegion(); }
};

}  // namespace marea
