// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/surrogate/surrogate.hpp>

namespace marea {

/// Applies a step surrogate to its own output again and again.
///
/// \param in   (C_in, [k,] [j,] i) f32 or f64, on the host or in the solvers' memory: the first input
/// \param out  (leads, C_out, …) of the same dtype, likewise: the state after 1, 2, … intervals
/// \param queue  order of what lies in the solvers' memory
/// Channels that are not outputs keep their first value (fixed fields); the states of a history move up by one.
/// Throws ConfigError for a map, and where an output channel is no input channel.
void rollout(const Surrogate& surrogate, const ArrayRef& in, const ArrayRef& out, const Queue& queue = {});

}  // namespace marea
