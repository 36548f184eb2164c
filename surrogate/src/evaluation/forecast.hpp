// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/io/named.hpp>

#include "held_out.hpp"

namespace marea::detail {

/// Conserved quantities at the start and at each lead time.
using Totals = std::vector<std::vector<NamedScalar>>;

/// One run by one method.
struct Forecast {
  HostArray values;    ///< (leads, C_out, …) f64
  double seconds = 0;
  Totals totals;       ///< of a solver, on its own grid; empty for the others
};

}  // namespace marea::detail
