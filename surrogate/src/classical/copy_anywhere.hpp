// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/io/array_ref.hpp>
#include <marea/io/queue.hpp>

namespace marea::detail {

/// Copies `from` into `to`, each on the host or a device, equal extents, any strides; converts between f32 and f64.
/// Runs in the queue's order; what crosses between host and device is done on return.
void copy_anywhere(const ArrayRef& from, const ArrayRef& to, const Queue& queue);

}  // namespace marea::detail
