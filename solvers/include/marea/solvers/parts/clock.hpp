// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>

namespace marea {

/// What every solver keeps of how far it is: the physical time and the number of steps.
class Clock {
 public:
  double time() const { return time_; }
  std::int64_t steps() const { return steps_; }
  void set_time(double time, std::int64_t steps) { time_ = time, steps_ = steps; }

 protected:
  double time_ = 0;
  std::int64_t steps_ = 0;
};

}  // namespace marea
