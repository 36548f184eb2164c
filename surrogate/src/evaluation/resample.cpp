// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "resample.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <marea/io/error.hpp>

namespace marea::detail {
namespace {

/// The two neighbours of a target cell on one axis and the weight of the upper one.
struct Neighbours {
  std::int64_t low, high;
  double weight;
};

Neighbours neighbours(std::int64_t target, std::int64_t targets, std::int64_t sources) {
  const double ratio = static_cast<double>(sources) / static_cast<double>(targets);
  const double position = (static_cast<double>(target) + 0.5) * ratio - 0.5;
  const double floor = std::floor(position);
  const auto low = static_cast<std::int64_t>(floor);
  return {std::clamp<std::int64_t>(low, 0, sources - 1), std::clamp<std::int64_t>(low + 1, 0, sources - 1),
          position - floor};
}

double& at(const ArrayRef& a, const std::array<std::int64_t, 3>& index) {
  std::int64_t offset = 0;
  for (int axis = 0; axis < a.rank; ++axis) offset += index[static_cast<std::size_t>(axis)] * a.stride[axis];
  return static_cast<double*>(a.data)[offset];
}

/// Calls f(index) for every index of the box.
template <class Function> void for_each_index(std::span<const std::int64_t> extents, Function&& f) {
  std::array<std::int64_t, 3> n{1, 1, 1}, index{};
  std::copy(extents.begin(), extents.end(), n.begin());
  for (index[0] = 0; index[0] < n[0]; ++index[0])
    for (index[1] = 0; index[1] < n[1]; ++index[1])
      for (index[2] = 0; index[2] < n[2]; ++index[2]) f(index);
}

double interpolate(const ArrayRef& from, const ArrayRef& mask, const ArrayRef& to,
                   const std::array<std::int64_t, 3>& index) {
  std::array<Neighbours, 3> near{};
  for (int axis = 0; axis < to.rank; ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    near[a] = neighbours(index[a], to.extent[axis], from.extent[axis]);
  }
  double sum = 0, weights = 0;
  for (int corner = 0; corner < (1 << to.rank); ++corner) {
    std::array<std::int64_t, 3> source{};
    double weight = 1;
    for (int axis = 0; axis < to.rank; ++axis) {
      const auto& n = near[static_cast<std::size_t>(axis)];
      const bool high = (corner >> axis) & 1;
      source[static_cast<std::size_t>(axis)] = high ? n.high : n.low;
      weight *= high ? n.weight : 1 - n.weight;
    }
    if (mask.data && at(mask, source) == 0) continue;
    sum += weight * at(from, source);
    weights += weight;
  }
  return weights > 0 ? sum / weights : 0.0;
}

double block_mean(const ArrayRef& from, const std::array<std::int64_t, 3>& factor,
                  const std::array<std::int64_t, 3>& index) {
  double sum = 0;
  for_each_index(std::span(factor).first(static_cast<std::size_t>(from.rank)), [&](const auto& offset) {
    std::array<std::int64_t, 3> source{};
    for (std::size_t a = 0; a < 3; ++a) source[a] = index[a] * factor[a] + offset[a];
    sum += at(from, source);
  });
  return sum / static_cast<double>(factor[0] * factor[1] * factor[2]);
}

}  // namespace

void resample(const ArrayRef& from, const ArrayRef& mask, const ArrayRef& to) {
  if (from.rank != to.rank || from.rank < 1 || from.rank > 3 || from.dtype != DType::f64 || to.dtype != DType::f64)
    fail<ShapeError>("resample", "from ", to_string(from), " to ", to_string(to),
                     ": both must be f64 with 1 to 3 axes");
  std::array<std::int64_t, 3> factor{1, 1, 1};
  bool whole = true;
  for (int axis = 0; axis < to.rank; ++axis) {
    factor[static_cast<std::size_t>(axis)] = from.extent[axis] / to.extent[axis];
    whole = whole && from.extent[axis] % to.extent[axis] == 0;
  }
  for_each_index(to.extents(), [&](const auto& index) {
    at(to, index) = whole ? block_mean(from, factor, index) : interpolate(from, mask, to, index);
  });
}

}  // namespace marea::detail
