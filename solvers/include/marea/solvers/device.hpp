// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/io/queue.hpp>

namespace marea {

/// The queue of the solvers' kernels.
inline Queue device_queue() { return {}; }

}  // namespace marea
