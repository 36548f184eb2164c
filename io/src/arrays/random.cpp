// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/random.hpp>

#include <numeric>
#include <utility>

#include <Random123/philox.h>

#include <marea/io/error.hpp>

namespace marea {
namespace {

constexpr std::uint64_t join(std::uint32_t low, std::uint32_t high) { return (std::uint64_t{high} << 32) | low; }
constexpr std::uint32_t low_word(std::uint64_t v) { return static_cast<std::uint32_t>(v); }
constexpr std::uint32_t high_word(std::uint64_t v) { return static_cast<std::uint32_t>(v >> 32); }

/// The upper 53 bits as a double in [0, 1).
double unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

/// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/.
constexpr std::uint64_t fnv_start = 0xcbf29ce484222325;
std::uint64_t fnv(std::uint64_t hash, unsigned char byte) { return (hash ^ byte) * 0x100000001b3; }

}  // namespace

std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key) {
  const r123::Philox4x32::ctr_type start{{counter[0], counter[1], counter[2], counter[3]}};
  const auto words = r123::Philox4x32{}(start, {{key[0], key[1]}});
  return {words[0], words[1], words[2], words[3]};
}

Random::Random(std::uint64_t seed, std::string_view stream, std::uint64_t number) : seed_(seed), stream_(fnv_start) {
  for (const char c : stream) stream_ = fnv(stream_, static_cast<unsigned char>(c));
  for (int byte = 0; byte < 8; ++byte) stream_ = fnv(stream_, static_cast<unsigned char>(number >> (8 * byte)));
}

std::uint64_t Random::bits(std::uint64_t index) const {
  const auto words = philox({low_word(index), high_word(index), low_word(stream_), high_word(stream_)},
                            {low_word(seed_), high_word(seed_)});
  return join(words[0], words[1]);
}

double Random::uniform(std::uint64_t index) const { return unit(bits(index)); }

std::int64_t Random::below(std::uint64_t index, std::int64_t count) const {
  if (count < 1) fail<ConfigError>("Random", "count = ", count, " must be >= 1");
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::int64_t>((Wide{bits(index)} * static_cast<std::uint64_t>(count)) >> 64);
}

std::vector<std::int64_t> Random::permutation(std::int64_t count) const {  // Fisher and Yates
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (std::int64_t i = count - 1; i > 0; --i) std::swap(order[i], order[below(static_cast<std::uint64_t>(i), i + 1)]);
  return order;
}

}  // namespace marea
