# SPDX-License-Identifier: Apache-2.0
# marea_test(test_halo_exchange.cpp LINK marea::solvers Kokkos::kokkos RANKS 1 2 4 LABELS slow)
# builds one program from one file and runs it once for each number of MPI ranks. A name without .cpp is that of a program
# from the files after SOURCES, read as one unit: for headers that take longer to read than the tests.
# A program that links Kokkos gets the main that starts it; the others get the plain one.
set(MAREA_TEST_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
  OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_io=^ompio
  OMP_NUM_THREADS=1 OMP_PROC_BIND=false OMP_WAIT_POLICY=passive)

function(marea_test source)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "LINK;RANKS;LABELS;SOURCES")
  get_filename_component(name ${source} NAME_WE)
  if(NOT arg_RANKS)
    set(arg_RANKS 1)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set(main main_plain)
  set(quick_to_compile $<$<CONFIG:Release>:-O0>) # -O2 doubles the time that a file of assertions takes
  if(arg_LINK MATCHES "torch|Eigen3")
    set(quick_to_compile $<$<CONFIG:Release>:-O1>) # headers full of code
  endif()
  if("Kokkos::kokkos" IN_LIST arg_LINK)
    set(main main_kokkos)
    set(quick_to_compile) # holds kernels
  endif()
  if(NOT TARGET marea_test_${main})
    add_library(marea_test_${main} OBJECT ${PROJECT_SOURCE_DIR}/tests/support/${main}.cpp)
    target_link_libraries(marea_test_${main} PUBLIC doctest::doctest MPI::MPI_C)
    target_compile_definitions(marea_test_${main} PUBLIC OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)
    target_include_directories(marea_test_${main} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(marea_test_${main} PRIVATE $<$<CONFIG:Release>:-O1>)
    if(main STREQUAL "main_kokkos")
      target_link_libraries(marea_test_${main} PRIVATE marea::solvers)
    endif()
  endif()
  if(source MATCHES "\\.cpp$")
    add_executable(${name} ${source} ${arg_SOURCES})
  else()
    add_executable(${name} ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  endif()
  target_link_libraries(${name} PRIVATE marea_test_${main} ${arg_LINK})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_options(${name} PRIVATE ${quick_to_compile})
  marea_warnings(${name})
  foreach(ranks IN LISTS arg_RANKS)
    if(ranks EQUAL 1)
      set(launch)
    else()
      set(launch ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks})
    endif()
    add_test(NAME ${name}.np${ranks} COMMAND ${launch} $<TARGET_FILE:${name}>
      WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
    set_tests_properties(${name}.np${ranks} PROPERTIES PROCESSORS ${ranks} TIMEOUT ${arg_TIMEOUT}
      LABELS "${arg_LABELS}" ENVIRONMENT "${MAREA_TEST_ENVIRONMENT}")
  endforeach()
endfunction()
