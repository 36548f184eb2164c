// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace marea {

/// Largest number of parameters that Sobol sampling fills.
inline constexpr int max_sobol_dimensions = 21;

/// Points of a Sobol sequence in [0, 1)^dimensions, the first one the origin, without scrambling: [point][dimension].
///
/// Source: S. Joe, F. Y. Kuo (2008), doi:10.1137/070709359, direction numbers new-joe-kuo-6.21201; Gray-code order,
/// I. A. Antonov, V. M. Saleev (1979), doi:10.1016/0041-5553(79)90085-5.
std::vector<std::vector<double>> sobol_points(std::int64_t count, int dimensions);

/// `count` points in [0, 1)^dimensions by "sobol" (with a digital shift drawn from the seed), "latin_hypercube"
/// (one point in each of `count` strata of every axis) or "random". Equal arguments give equal points.
/// Throws ConfigError for another kind, or more dimensions than Sobol has here.
std::vector<std::vector<double>> sample_unit_cube(const std::string& kind, std::int64_t count, int dimensions,
                                                  std::uint64_t seed);

}  // namespace marea
