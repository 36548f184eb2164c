// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once

namespace marea {

/// Order of execution on a device: what is enqueued on one stream runs in that order. Whoever hands device memory
/// over hands its queue over too. On the host everything is done when a call returns, and there is no stream.
struct Queue {
  void* stream = nullptr;  ///< cudaStream_t of the device; null: the device's default stream, or the host
  int device = -1;         ///< number of the CUDA device; -1: the host
};

/// Number of the CUDA device that this process computes on, -1 for none: what "cuda" means. Set once, by Runtime.
int process_device();
void set_process_device(int device);

}  // namespace marea
