// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/solvers/grid/grid.hpp>

namespace marea {

/// to = factor from, in another precision: the first so many variables.
template <class From, class To> struct Convert {
  StateView<From> from;
  StateView<To> to;
  int variables = 1;
  double factor = 1;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    for (int v = 0; v < variables; ++v)
      to(v, k, j, i) = static_cast<To>(factor * static_cast<double>(from(v, k, j, i)));
  }
};

}  // namespace marea
