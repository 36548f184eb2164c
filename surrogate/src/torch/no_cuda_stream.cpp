// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "cuda_stream.hpp"

#include <marea/io/error.hpp>

namespace marea {

c10::Stream stream_of(const Queue& queue) {
  fail<NotBuilt>("surrogate", "device ", queue.device, ": this LibTorch is built without CUDA");
}

void enqueue_copy(void*, const void*, std::size_t) {
  fail<NotBuilt>("surrogate", "a copy on a GPU: this LibTorch is built without CUDA");
}

}  // namespace marea
