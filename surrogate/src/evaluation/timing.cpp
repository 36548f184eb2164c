// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "timing.hpp"

#include <algorithm>

#include <marea/surrogate/backend.hpp>

namespace marea::detail {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = values.size();
  return n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

void Timing::choose() {
  const auto best = std::min_element(sweep.begin(), sweep.end(), [](const Trial& a, const Trial& b) {
    return median(a.seconds) < median(b.seconds);
  });
  threads = best->threads;
  seconds = {best->seconds};
}

std::vector<double> Timing::calls() const {
  std::vector<double> all;
  for (const auto& rounds : seconds) all.insert(all.end(), rounds.begin(), rounds.end());
  return all;
}

double Timing::median_seconds() const { return median(calls()); }

double Timing::at(std::size_t run, std::size_t round) const {
  return seconds[run][std::min(round, seconds[run].size() - 1)];
}

std::vector<int> thread_counts(int available) {
  std::vector<int> counts;
  for (int n = 1; n < available; n *= 2) counts.push_back(n);
  counts.push_back(available);
  return counts;
}

UseThreads::UseThreads(int threads) : solvers_(threads), torch_before_(torch_threads()) { set_torch_threads(threads); }

UseThreads::~UseThreads() { set_torch_threads(torch_before_); }

}  // namespace marea::detail
