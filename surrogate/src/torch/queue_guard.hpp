// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <c10/core/StreamGuard.h>

#include <marea/io/array_ref.hpp>
#include <marea/io/queue.hpp>

#include "cuda_stream.hpp"

namespace marea {

/// True where one of two arrays lies on a GPU.
inline bool on_gpu(const ArrayRef& a, const ArrayRef& b) { return a.memory == Memory::cuda || b.memory == Memory::cuda; }

/// While it lives, LibTorch's work on the queue's device runs in the queue's order. Changes nothing where no GPU takes
/// part, or for the host's queue: a LibTorch without CUDA works beside solvers on a GPU.
class QueueGuard {
 public:
  QueueGuard(const Queue& queue, bool gpu_takes_part) {
    if (gpu_takes_part && queue.device >= 0) guard_.reset_stream(stream_of(queue));
  }

 private:
  c10::OptionalStreamGuard guard_;
};

}  // namespace marea
