# SPDX-License-Identifier: Apache-2.0
# Finds every dependency: what the machine has (CMAKE_PREFIX_PATH, Kokkos_ROOT, Torch_DIR, HDF5_ROOT: modules, Spack,
# conda) first, then what cmake/bootstrap.sh put into MAREA_DEPS_DIR.
set(MAREA_DEPS_DIR "$ENV{MAREA_DEPS_DIR}" CACHE PATH "Where cmake/bootstrap.sh put dependencies")
if(NOT MAREA_DEPS_DIR AND EXISTS "${PROJECT_SOURCE_DIR}/build/deps")
  set(MAREA_DEPS_DIR "${PROJECT_SOURCE_DIR}/build/deps")
endif()
if(MAREA_DEPS_DIR)
  list(APPEND CMAKE_PREFIX_PATH "${MAREA_DEPS_DIR}/kokkos")
endif()

# marea_find(PACKAGE "what for" …): find_package that says what to do when there is none.
macro(marea_find package purpose)
  find_package(${package} ${ARGN})
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "marea needs ${package} (${purpose}). `bash cmake/bootstrap.sh` gets it; or point "
      "CMAKE_PREFIX_PATH, ${package}_ROOT or ${package}_DIR to yours (MAREA_DEPS_DIR = '${MAREA_DEPS_DIR}')")
  endif()
endmacro()

marea_find(MPI "parallel runs" COMPONENTS C)
set(HDF5_PREFER_PARALLEL ON)
marea_find(HDF5 "all files" COMPONENTS C HL)
marea_find(tomlplusplus "case files")
marea_find(nlohmann_json "JSON output")
marea_find(fmt "text")
marea_find(spdlog "log")
marea_find(CLI11 "the command line")
marea_find(OpenMP "threads" COMPONENTS CXX)
marea_find(Threads "prefetch")
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h)
if(NOT RANDOM123_INCLUDE_DIR)
  message(FATAL_ERROR "marea needs Random123 (random numbers). `bash cmake/bootstrap.sh` gets it; or set RANDOM123_INCLUDE_DIR")
endif()

marea_find(Kokkos "parallel loops")
get_target_property(kokkos_type Kokkos::kokkoscore TYPE)
if(kokkos_type STREQUAL "STATIC_LIBRARY")
  message(FATAL_ERROR "marea needs a shared Kokkos: two copies of a static one crash at exit. "
    "Build Kokkos with -DBUILD_SHARED_LIBS=ON; found ${Kokkos_DIR}")
endif()

# CMAKE_INSTALL_RPATH_USE_LINK_PATH leaves out folders of the build tree, where bootstrap.sh may have put Kokkos and LibTorch.
list(APPEND CMAKE_INSTALL_RPATH "$<TARGET_FILE_DIR:Kokkos::kokkoscore>")

if(MAREA_SURROGATE OR MAREA_PYTHON)
  if(NOT Python_EXECUTABLE AND EXISTS "${MAREA_DEPS_DIR}/venv/bin/python")
    set(Python_EXECUTABLE "${MAREA_DEPS_DIR}/venv/bin/python")
  endif()
  find_package(Python 3.11 COMPONENTS Interpreter OPTIONAL_COMPONENTS Development.Module)
endif()
set(MAREA_TORCH_LIB_DIR "")
if(MAREA_SURROGATE)
  if(NOT Torch_DIR AND Python_EXECUTABLE)
    execute_process(COMMAND "${Python_EXECUTABLE}" -c
      "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0] + '/share/cmake')"
      OUTPUT_VARIABLE torch_prefix OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    list(APPEND CMAKE_PREFIX_PATH "${torch_prefix}")
  endif()
  marea_find(Torch "surrogates; -DMAREA_SURROGATE=OFF builds without")
  if(Torch_VERSION VERSION_LESS 2.9)
    message(FATAL_ERROR "marea needs LibTorch 2.9 to 2.13, found ${Torch_VERSION} in ${Torch_DIR}. "
      "`bash cmake/bootstrap.sh` gets a supported one; or point Torch_DIR to yours")
  elseif(Torch_VERSION VERSION_GREATER_EQUAL 2.14)
    message(WARNING "marea is tested with LibTorch 2.9 to 2.13; found ${Torch_VERSION} in ${Torch_DIR}")
  endif()
  marea_find(Eigen3 "POD and ridge regression")
  set(MAREA_TORCH_LIB_DIR "${TORCH_INSTALL_PREFIX}/lib")
  # One OpenMP runtime: every program of the build tree takes the libgomp beside LibTorch.
  list(APPEND CMAKE_BUILD_RPATH "${MAREA_TORCH_LIB_DIR}")
  list(APPEND CMAKE_INSTALL_RPATH "${MAREA_TORCH_LIB_DIR}")
endif()
if(MAREA_PYTHON)
  if(NOT Python_Development.Module_FOUND)
    message(FATAL_ERROR "marea's Python module needs Python 3.11 or newer with its headers (python3-dev); "
      "set Python_EXECUTABLE, or -DMAREA_PYTHON=OFF")
  endif()
  # Not `-m pybind11 --cmakedir`: that quotes a path with spaces.
  execute_process(COMMAND "${Python_EXECUTABLE}" -c "import pybind11; print(pybind11.get_cmake_dir())"
    OUTPUT_VARIABLE pybind11_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  marea_find(pybind11 "the Python module" 3 CONFIG)
endif()
if(MAREA_TESTS)
  marea_find(doctest "tests")
endif()

# Kokkos's launcher for CUDA wraps the compiler's command line and does not understand a compiler cache before it.
if(PROJECT_IS_TOP_LEVEL AND NOT Kokkos_ENABLE_CUDA AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE_PROGRAM ccache)
  if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  endif()
endif()
