// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "evaluation/speed_up.hpp"
#include "study.hpp"

namespace marea::detail {

Payback payback_of(const Study& s) {
  Payback p;
  double pilot = 0, data = 0;
  bool measured = true;
  for (std::size_t m = 0; m < s.labels.size(); ++m) {
    if (!s.surrogate[m] || !s.plan.uses(static_cast<int>(m))) continue;
    p.surrogates += 1;
    pilot += static_cast<double>(s.pilot) * s.costs[m];
    if (const OptionTree* seconds = s.cards[m].find("seconds")) p.training_seconds += seconds->as_double();
    const OptionTree* seconds = s.cards[m].find("data_seconds");
    measured = measured && seconds;
    if (seconds) data += seconds->as_double();
  }
  if (measured) p.data_seconds = data;
  p.saved_seconds = (s.gain.over_monte_carlo / s.gain.of_levels - 1) * s.plan.cost - pilot;
  if (p.surrogates > 0 && measured && p.saved_seconds > 0)
    p.estimates = std::ceil((p.training_seconds + data) / p.saved_seconds);
  return p;
}

std::string payback_line(const Payback& p) {
  const std::string data =
      p.data_seconds ? duration_text(*p.data_seconds) + " of solver time" : "a solver time that was not measured";
  std::string when = p.saved_seconds > 0 ? "estimates until it is paid back unknown"
                                         : "not paid back, solver levels alone are as fast";
  if (p.estimates) when = fmt::format("paid back after {:.0f} estimates like this one", *p.estimates);
  return fmt::format("Training took {}, its data {}: {}.", duration_text(p.training_seconds), data, when);
}

}  // namespace marea::detail
