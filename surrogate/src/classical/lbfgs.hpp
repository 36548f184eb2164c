// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>

#include "dense.hpp"

namespace marea::detail {

struct Minimum {
  Vector x;
  double value = 0;
};

/// A local minimum of `function`, which returns its value at x and sets the gradient, in the box from `low` to `high`:
/// limited-memory BFGS with projected steps and backtracking; the same numbers every time. A value that is not finite
/// counts as too large a step.
///
/// Source: D. C. Liu and J. Nocedal (1989), doi:10.1007/BF01589116.
Minimum minimise(const std::function<double(const Vector& x, Vector& gradient)>& function, Vector x, const Vector& low,
                 const Vector& high, int iterations);

}  // namespace marea::detail
