// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace marea {

/// Philox 4x32 with ten rounds: four random words that depend on counter and key alone.
///
/// Source: J. K. Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011), doi:10.1145/2063384.2063405.
std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key);

/// Random numbers looked up by index instead of drawn in turn: the number of (seed, stream, index) is the same on
/// any rank, thread and in any order of calls. bits(i), uniform(i) and below(i) share their bits: one index, one draw.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}
  /// A stream with a name, as "train.order", and a number, as the epoch: streams of other names are independent.
  Random(std::uint64_t seed, std::string_view stream, std::uint64_t number = 0);

  std::uint64_t bits(std::uint64_t index) const;                          ///< 64 random bits
  double uniform(std::uint64_t index) const;                              ///< in [0, 1), multiples of 2^-53
  std::int64_t below(std::uint64_t index, std::int64_t count) const;      ///< in [0, count), count >= 1
  std::vector<std::int64_t> permutation(std::int64_t count) const;        ///< 0 … count - 1, shuffled

 private:
  std::uint64_t seed_, stream_;
};

/// Random(seed, stream).uniform(index).
inline double random_uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  return Random(seed, stream).uniform(index);
}

}  // namespace marea
