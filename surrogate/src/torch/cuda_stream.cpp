// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "cuda_stream.hpp"

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAStream.h>

namespace marea {

c10::Stream stream_of(const Queue& queue) {
  const auto device = static_cast<c10::DeviceIndex>(queue.device);
  if (queue.stream == nullptr) return c10::cuda::getDefaultCUDAStream(device);
  return c10::cuda::getStreamFromExternal(static_cast<cudaStream_t>(queue.stream), device);
}

void enqueue_copy(void* to, const void* from, std::size_t bytes) {
  C10_CUDA_CHECK(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, c10::cuda::getCurrentCUDAStream()));
}

}  // namespace marea
