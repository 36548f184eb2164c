// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cstdio>

#include <Kokkos_Core.hpp>

#include <marea/solvers/view_check.hpp>

// Known to compute garbage, GPU or not: nvcc of CUDA 12.9 and newer with Views that use the attribute.
#if defined(__NVCC__) && defined(MDSPAN_IMPL_USE_ATTRIBUTE_NO_UNIQUE_ADDRESS) && \
    !defined(MDSPAN_IMPL_USE_FAKE_ATTRIBUTE_NO_UNIQUE_ADDRESS) && !defined(KOKKOS_ENABLE_IMPL_VIEW_LEGACY)
#if __CUDACC_VER_MAJOR__ * 100 + __CUDACC_VER_MINOR__ >= 1209
#error "views: this nvcc compiles the [[no_unique_address]] of Kokkos's new View wrongly"
#endif
#endif

/// Prints what is wrong with Views in classes. Exit code 1 then, else 0.
int main(int argc, char** argv) {
  Kokkos::initialize(argc, argv);
  const std::string fault = marea::view_fault();
  Kokkos::finalize();
  std::printf("%s\n", fault.c_str());
  return fault.empty() ? 0 : 1;
}
