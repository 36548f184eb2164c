// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <utility>

#include <Kokkos_Core.hpp>

// The one place that knows what differs between Kokkos 3.4 and 5.
namespace marea {

/// Where kernels run: OpenMP, Serial or CUDA, as Kokkos was built.
using Device = Kokkos::DefaultExecutionSpace;

/// True where the host reads and writes the device's memory directly.
inline constexpr bool device_is_host =
    Kokkos::SpaceAccessibility<Kokkos::HostSpace, Device::memory_space>::accessible;

/// The host's copy of a View: the same memory where the device is the host.
template <class View> using HostMirror = decltype(Kokkos::create_mirror_view(std::declval<const View&>()));

/// Threads that one kernel uses (host backends) or the device's concurrency.
inline int concurrency() { return Device().concurrency(); }

/// Starts Kokkos with that many host threads (0: its own choice), without warnings on standard output.
inline void start_kokkos(int threads) {
#if KOKKOS_VERSION >= 30700
  Kokkos::InitializationSettings settings;
  settings.set_disable_warnings(true);
  if (threads > 0) settings.set_num_threads(threads);
  Kokkos::initialize(settings);
#else
  Kokkos::InitArguments arguments;
  arguments.disable_warnings = true;
  if (threads > 0) arguments.num_threads = threads;
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
