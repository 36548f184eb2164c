# SPDX-License-Identifier: Apache-2.0
# cmake -DBUILD=… -DCONSUMER=… -DWORK=… -DSURROGATE=ON|OFF -DCOMPILER=… -P run.cmake
# The consumer sees the moved prefix through CMAKE_PREFIX_PATH and nothing else of marea.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nexited with ${status}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK}")
run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${WORK}/first place")
file(RENAME "${WORK}/first place" "${WORK}/second place")

run("${WORK}/second place/bin/marea" version)
run(${CMAKE_COMMAND} -G Ninja -S "${CONSUMER}" -B "${WORK}/build" "-DCMAKE_PREFIX_PATH=${WORK}/second place"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}" "-DWITH_SURROGATE=${SURROGATE}")
run(${CMAKE_COMMAND} --build "${WORK}/build")
run("${WORK}/build/consumer")
message(STATUS "${output}")
if(SURROGATE)
  run("${WORK}/build/consumer_surrogate" "${WORK}")
  message(STATUS "${output}")
endif()
