// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace marea::detail {

/// Energy that the processors took since this object was made: the counters of Linux's powercap (RAPL packages) where
/// they can be read, which include what else ran on the machine; else CPU seconds of this process times watts_per_core.
class EnergyMeter {
 public:
  static constexpr int watts_per_core = 10;

  EnergyMeter();
  double joules();            ///< call at least every few minutes: the counters wrap
  std::string method() const; ///< one phrase for the model card

 private:
  struct Counter {
    std::string path;
    double last = 0, range = 0;  // [uJ]
  };
  std::vector<Counter> counters_;
  double joules_ = 0, cpu_start_ = 0;
};

}  // namespace marea::detail
