// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "sampling.hpp"

#include <array>
#include <bit>

#include <marea/io/error.hpp>
#include <marea/io/random.hpp>

namespace marea {
namespace {

constexpr int bits = 32;

/// Primitive polynomial of degree s with inner coefficients a, and the first s direction numbers.
struct Primitive {
  int s;
  unsigned a;
  std::array<unsigned, 7> m;
};

/// Dimensions 2 to 21 of new-joe-kuo-6.21201; the first dimension is van der Corput's.
constexpr std::array<Primitive, max_sobol_dimensions - 1> joe_kuo{{
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 3, 1}},
    {3, 2, {1, 1, 1}},
    {4, 1, {1, 1, 3, 3}},
    {4, 4, {1, 3, 5, 13}},
    {5, 2, {1, 1, 5, 5, 17}},
    {5, 4, {1, 1, 5, 5, 5}},
    {5, 7, {1, 1, 7, 11, 19}},
    {5, 11, {1, 1, 5, 1, 1}},
    {5, 13, {1, 1, 1, 3, 11}},
    {5, 14, {1, 3, 5, 5, 31}},
    {6, 1, {1, 3, 3, 9, 7, 49}},
    {6, 13, {1, 1, 1, 15, 21, 21}},
    {6, 16, {1, 3, 1, 13, 27, 49}},
    {6, 19, {1, 1, 1, 15, 7, 5}},
    {6, 22, {1, 3, 1, 15, 13, 25}},
    {6, 25, {1, 1, 5, 5, 19, 61}},
    {7, 1, {1, 3, 7, 11, 23, 15, 103}},
    {7, 4, {1, 3, 7, 13, 13, 15, 69}},
}};

std::array<std::uint32_t, bits> direction_numbers(int dimension) {
  std::array<std::uint32_t, bits> v{};
  if (dimension == 0) {
    for (int i = 0; i < bits; ++i) v[i] = 1u << (bits - 1 - i);
    return v;
  }
  const auto& [s, a, m] = joe_kuo[dimension - 1];
  for (int i = 0; i < s; ++i) v[i] = m[i] << (bits - 1 - i);
  for (int i = s; i < bits; ++i) {
    v[i] = v[i - s] ^ (v[i - s] >> s);
    for (int k = 1; k < s; ++k) v[i] ^= ((a >> (s - 1 - k)) & 1u) * v[i - k];
  }
  return v;
}

/// Points of the sequence with every coordinate's bits turned over where `shift` has a one.
std::vector<std::vector<double>> sobol(std::int64_t count, int dimensions, const std::vector<std::uint32_t>& shift) {
  if (dimensions > max_sobol_dimensions)
    fail<ConfigError>("ensemble", "sampling = 'sobol' fills up to ", max_sobol_dimensions, " parameters, vary names ",
                      dimensions, "; use sampling = 'latin_hypercube'");
  std::vector<std::vector<double>> points(count, std::vector<double>(dimensions));
  for (int d = 0; d < dimensions; ++d) {
    const auto v = direction_numbers(d);
    std::uint32_t x = 0;
    for (std::int64_t n = 0; n < count; ++n) {
      if (n > 0) x ^= v[std::countr_one(static_cast<std::uint64_t>(n - 1))];
      points[n][d] = static_cast<double>(x ^ shift[d]) * 0x1p-32;
    }
  }
  return points;
}

}  // namespace

std::vector<std::vector<double>> sobol_points(std::int64_t count, int dimensions) {
  return sobol(count, dimensions, std::vector<std::uint32_t>(dimensions, 0));
}

std::vector<std::vector<double>> sample_unit_cube(const std::string& kind, std::int64_t count, int dimensions,
                                                  std::uint64_t seed) {
  if (kind == "sobol") {
    const Random random(seed, "ensemble.sobol");
    std::vector<std::uint32_t> shift;
    for (int d = 0; d < dimensions; ++d) shift.push_back(static_cast<std::uint32_t>(random.bits(d)));
    return sobol(count, dimensions, shift);
  }
  std::vector<std::vector<double>> points(count, std::vector<double>(dimensions));
  if (kind == "latin_hypercube") {
    for (int d = 0; d < dimensions; ++d) {
      const auto stratum = Random(seed, "ensemble.stratum", d).permutation(count);
      const Random within(seed, "ensemble.within", d);
      for (std::int64_t n = 0; n < count; ++n)
        points[n][d] = (static_cast<double>(stratum[n]) + within.uniform(n)) / static_cast<double>(count);
    }
  } else if (kind == "random") {
    for (int d = 0; d < dimensions; ++d) {
      const Random random(seed, "ensemble.random", d);
      for (std::int64_t n = 0; n < count; ++n) points[n][d] = random.uniform(n);
    }
  } else {
    fail<ConfigError>("ensemble", "sampling = '", kind, "' must be one of sobol, latin_hypercube, random");
  }
  return points;
}

}  // namespace marea
