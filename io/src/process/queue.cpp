// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/queue.hpp>

namespace marea {
namespace {

int present_device = -1;

}  // namespace

int process_device() { return present_device; }
void set_process_device(int device) { present_device = device; }

}  // namespace marea
