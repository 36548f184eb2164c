# SPDX-License-Identifier: Apache-2.0
message(STATUS "marea ${PROJECT_VERSION}, ${CMAKE_BUILD_TYPE}")
