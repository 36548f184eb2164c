// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <string>

#include <marea/io/progress.hpp>

namespace marea::detail {

/// The one progress of an evaluation: how many of its stages are done, and what runs.
class Stages {
 public:
  explicit Stages(std::size_t count) : progress_("evaluate", static_cast<double>(count), "stages") {}

  void begin(const std::string& what) {
    what_ = what;
    at(0);
  }
  /// `share` of the present stage is done, `detail` of it runs.
  void at(double share, const std::string& detail = "") {
    progress_.update(done_ + std::floor(10 * share) / 10, detail.empty() ? what_ : what_ + ": " + detail);
  }
  void end() { progress_.update(++done_); }

 private:
  Progress progress_;
  std::string what_;
  double done_ = 0;
};

}  // namespace marea::detail
