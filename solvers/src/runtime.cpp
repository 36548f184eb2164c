// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/runtime.hpp>

#include <Kokkos_Core.hpp>
