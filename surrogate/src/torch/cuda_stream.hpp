// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstddef>

#include <c10/core/Stream.h>

#include <marea/io/queue.hpp>

namespace marea {

/// LibTorch's name for the stream of a device's queue. Throws NotBuilt where LibTorch has no CUDA.
c10::Stream stream_of(const Queue& queue);

/// Enqueues a copy within the present device on LibTorch's present stream of it. Throws NotBuilt, c10::Error.
void enqueue_copy(void* to, const void* from, std::size_t bytes);

}  // namespace marea
