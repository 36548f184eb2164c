// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace marea {

/// Whether Views that are members of a class keep their memory, on the host and as kernels see them; nothing is read
/// through a pointer. They do not where nvcc of CUDA 12.9 or newer compiles the [[no_unique_address]] of Kokkos's new
/// View (kokkos/mdspan, pull requests 434 and 435).
/// \return empty, or what is wrong and the remedy. Kokkos must run. No Kokkos in this header.
std::string view_fault();

namespace detail {

/// view_fault of the numbers that the host put into a class and those that the device saw there.
std::string view_fault(std::span<const std::uint64_t> given, std::span<const std::uint64_t> seen);

}  // namespace detail
}  // namespace marea
