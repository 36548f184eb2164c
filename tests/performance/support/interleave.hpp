// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace marea::bench {

/// One of the programs under comparison: `run` does the same work each time it is called.
struct Contender {
  std::string name;
  std::function<void()> run;
};

/// Memory bandwidth [GB/s] of a[i] = b[i] + s * c[i] over arrays of 32 MiB on `threads` threads, best of three
/// (STREAM, J. D. McCalpin 1995): what this machine grants at this moment.
double triad(int threads);

/// Times A, B, C, A, B, C, ... in `rounds` rounds after one round that does not count, with a triad in each round.
/// Machines are shared and noisy, so only the ratio of neighbours in time means something.
///
/// \return {"rounds", "triad_gb_per_s": {median, min, max}, "contenders": [{"name", "seconds" (median),
///         "speed_ratio" (median of the per-round seconds of the first over this one's), "speed_ratio_min", "…_max"}]}
nlohmann::ordered_json interleave(const std::vector<Contender>& contenders, int rounds = 7, int threads = 1);

}  // namespace marea::bench
