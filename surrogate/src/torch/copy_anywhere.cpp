// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "../classical/copy_anywhere.hpp"

#include <marea/surrogate/torch/as_tensor.hpp>

#include "queue_guard.hpp"
#include "torch_errors.hpp"

namespace marea::detail {

void copy_anywhere(const ArrayRef& from, const ArrayRef& to, const Queue& queue) {
  if (from.memory == Memory::host && to.memory == Memory::host) return copy_converting(from, to);
  with_torch_errors("copy", [&] {
    const QueueGuard guard(queue, on_gpu(from, to));
    as_tensor(to).copy_(as_tensor(from));
  });
}

}  // namespace marea::detail
