# SPDX-License-Identifier: Apache-2.0
# `cmake --install` gives a package that may be moved: find_package(marea CONFIG REQUIRED).
include(CMakePackageConfigHelpers)
if(SKBUILD)
  return() # a Python wheel carries the libraries inside the package, see python/CMakeLists.txt
endif()
set(marea_components io solvers)
if(MAREA_SURROGATE)
  list(APPEND marea_components surrogate)
  if(TARGET marea_hybrid)
    list(APPEND marea_components hybrid evaluation estimate)
  endif()
endif()
list(TRANSFORM marea_components PREPEND marea_ OUTPUT_VARIABLE marea_targets)
install(TARGETS ${marea_targets} EXPORT mareaTargets FILE_SET HEADERS)
if(TARGET marea_cli)
  install(TARGETS marea_cli RUNTIME)
  # What `marea evaluate` and `marea estimate` draw their pages with.
  set(pages report estimate_page _estimate_figures _maps _page _report_figures _unlocked)
  list(TRANSFORM pages REPLACE "(.+)" "python/marea/\\1.py")
  install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_DATADIR}/marea)
endif()
set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/marea)
install(EXPORT mareaTargets NAMESPACE marea:: DESTINATION ${config_folder})
configure_package_config_file(cmake/mareaConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/mareaConfig.cmake
  INSTALL_DESTINATION ${config_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/mareaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/mareaConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/mareaConfigVersion.cmake
  DESTINATION ${config_folder})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
