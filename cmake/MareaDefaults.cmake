# SPDX-License-Identifier: Apache-2.0
# What every marea target shares.
if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug, RelWithDebInfo" FORCE)
  endif()
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "Flags of a release build" FORCE)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(GNUInstallDirs)
# A moved installation finds its own libraries beside the program, dependencies where they were at build time.
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

# Warnings for marea's own targets only.
function(marea_warnings target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang>:-Wall;-Wextra;-Wno-unused-parameter;-Wno-missing-field-initializers>)
endfunction()

# -march=native, for targets that hold kernels and do not include Eigen (its ABI depends on the flag).
# -ffp-contract=off: a fused multiply-add chosen per loop would break mirror symmetry and rank invariance.
function(marea_kernel_flags target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang>:-O3;-fno-math-errno;-fno-trapping-math;-ffp-contract=off>)
  if(MAREA_NATIVE)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang>:-march=native>)
  endif()
  if(Kokkos_ENABLE_CUDA)
    target_compile_options(${target} PRIVATE --fmad=false) # the same for the device's compiler
  endif()
endfunction()

# A component's shared library: marea_library(io SOURCES … HEADERS …) makes marea_io and marea::io.
function(marea_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;HEADERS")
  add_library(marea_${name} SHARED ${arg_SOURCES})
  add_library(marea::${name} ALIAS marea_${name})
  set_target_properties(marea_${name} PROPERTIES EXPORT_NAME ${name} VERSION ${PROJECT_VERSION} SOVERSION 0)
  target_compile_features(marea_${name} PUBLIC cxx_std_20)
  target_sources(marea_${name} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${arg_HEADERS})
  marea_warnings(marea_${name})
endfunction()
