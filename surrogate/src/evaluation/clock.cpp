// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "clock.hpp"

#include <marea/solvers/device.hpp>
#include <marea/surrogate/backend.hpp>

namespace marea::detail {

void wait_for_device() {
  fence();
  fence_torch();
}

double Clock::seconds_of(const std::function<void()>& work) const {
  wait();
  const double start = now();
  work();
  wait();
  return now() - start;
}

}  // namespace marea::detail
