// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "performance/support/interleave.hpp"

#include <algorithm>
#include <chrono>

namespace marea::bench {
namespace {

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t n = values.size();
  return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

}  // namespace

double triad(int threads) {
  const std::int64_t n = std::int64_t{4} << 20;
  std::vector<double> a(n), b(n, 1.0), c(n, 2.0);
  double best = 0;
  for (int repeat = 0; repeat < 3; ++repeat) {
    const double scale = 0.5 + repeat;
    const double seconds = seconds_of([&] {
#pragma omp parallel for num_threads(threads) schedule(static)
      for (std::int64_t i = 0; i < n; ++i) a[i] = b[i] + scale * c[i];
    });
    best = std::max(best, 3.0 * sizeof(double) * static_cast<double>(n) / seconds / 1e9);
  }
  return a[n / 2] > 0 ? best : 0;  // uses the result, so that the loop stays
}

nlohmann::ordered_json interleave(const std::vector<Contender>& contenders, int rounds, int threads) {
  std::vector<std::vector<double>> seconds(contenders.size()), ratios(contenders.size());
  std::vector<double> bandwidth;
  for (const Contender& contender : contenders) contender.run();
  for (int round = 0; round < rounds; ++round) {
    bandwidth.push_back(triad(threads));
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      seconds[i].push_back(seconds_of(contenders[i].run));
      ratios[i].push_back(seconds[0].back() / seconds[i].back());
    }
  }
  nlohmann::ordered_json report{{"rounds", rounds}, {"threads", threads}};
  report["triad_gb_per_s"] = {
      {"median", median(bandwidth)}, {"min", std::ranges::min(bandwidth)}, {"max", std::ranges::max(bandwidth)}};
  for (std::size_t i = 0; i < contenders.size(); ++i)
    report["contenders"].push_back({{"name", contenders[i].name},
                                    {"seconds", median(seconds[i])},
                                    {"speed_ratio", median(ratios[i])},
                                    {"speed_ratio_min", std::ranges::min(ratios[i])},
                                    {"speed_ratio_max", std::ranges::max(ratios[i])}});
  return report;
}

}  // namespace marea::bench
