# SPDX-License-Identifier: Apache-2.0
# With some nvcc and some Kokkos, Views in a class lose their memory, and the build computes garbage. Compiles a small
# program, runs it where a GPU is, and refuses the pair. `marea version --check` asks the same at run time.
function(marea_check_views)
  if(MAREA_VIEWS_CHECKED STREQUAL Kokkos_DIR)
    return()
  endif()
  set(remedy "Build Kokkos with -DKokkos_ENABLE_IMPL_VIEW_LEGACY=ON, or take 4.7.2 or newer; found ${Kokkos_DIR}")
  set(folder "${CMAKE_BINARY_DIR}/view_check")
  execute_process(COMMAND "${CMAKE_COMMAND}" -S "${PROJECT_SOURCE_DIR}/cmake/checks" -B "${folder}" -G "${CMAKE_GENERATOR}"
      "-DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM}" "-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}" "-DKokkos_DIR=${Kokkos_DIR}"
      "-DCMAKE_EXE_LINKER_FLAGS=${CMAKE_EXE_LINKER_FLAGS}" "-DCUDAToolkit_ROOT=${CUDAToolkit_ROOT}"
      "-DCUDA_cuda_driver_LIBRARY=${CUDA_cuda_driver_LIBRARY}"
    OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE failed)
  if(NOT failed)
    execute_process(COMMAND "${CMAKE_COMMAND}" --build "${folder}" OUTPUT_VARIABLE said ERROR_VARIABLE said
      RESULT_VARIABLE failed)
  endif()
  if(failed)
    message(FATAL_ERROR "The check of Kokkos's Views does not compile. If it says \"views:\" below: ${remedy}\n${said}")
  endif()
  file(GLOB gpus /dev/nvidia[0-9]*)
  if(NOT gpus)
    message(STATUS "Kokkos's Views: not run, no GPU here; `marea version --check` looks where there is one")
    return()
  endif()
  execute_process(COMMAND "${folder}/view_check" OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "Kokkos's Views: ${said}\n${remedy}")
  endif()
  message(STATUS "Kokkos's Views: ok")
  set(MAREA_VIEWS_CHECKED "${Kokkos_DIR}" CACHE INTERNAL "Kokkos whose Views have been looked at")
endfunction()

if(Kokkos_ENABLE_CUDA)
  marea_check_views()
endif()
