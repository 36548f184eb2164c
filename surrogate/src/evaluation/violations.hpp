// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <optional>
#include <vector>

#include <marea/surrogate/normaliser.hpp>

#include "held_out.hpp"

namespace marea::detail {

/// Values outside the bounds that their fields declare: the share of the mask's cells, the mean over runs and leads.
class Violations {
 public:
  /// Forecast (leads, C, …) f64. Round-off of single precision is no violation.
  void add(const HostArray& forecast, const HeldOut& run, const ModelInfo& info, const ArrayRef& mask);
  /// The share of one output channel; none where its field declares no bound, or by a field that is no input.
  std::optional<double> share(std::size_t channel) const;

 private:
  struct Count {
    bool bounded = false;
    std::int64_t cells = 0, outside = 0;
  };
  std::vector<Count> counts_;  ///< (channels)
};

}  // namespace marea::detail
