// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "fronts.hpp"

#include <algorithm>

#include <marea/surrogate/evaluation/metrics.hpp>

namespace marea::detail {
namespace {

std::ptrdiff_t index_of(const std::vector<std::string>& channels, const std::string& name) {
  const auto at = std::find(channels.begin(), channels.end(), name);
  return at == channels.end() ? -1 : at - channels.begin();
}

}  // namespace

std::vector<HostArray> front_cells_of(const ScoreEntry& names, const HeldOut& run, const ModelInfo& info,
                                      const ArrayRef& mask) {
  const auto depth = index_of(info.output_channels, names.of("depth"));
  const auto surface = index_of(info.output_channels, names.of("surface"));
  const auto bed = index_of(info.input_channels, names.of("bed"));
  const HostArray zero(DType::f64, info.extents);
  std::vector<HostArray> fronts;
  for (std::size_t lead = 0; lead < run.times.size(); ++lead) {
    const auto reference = run.reference.ref()[static_cast<std::int64_t>(lead)];
    HostArray front;
    if (depth >= 0)
      front = front_cells(wet_cells(reference[depth], zero.ref()).ref());
    else if (surface >= 0 && bed >= 0)
      front = front_cells(wet_cells(reference[surface], run.input.ref()[bed]).ref());
    else if (mask.data)
      front = front_cells(mask);
    else
      return {};
    fronts.push_back(mask.data ? intersection(front.ref(), mask) : std::move(front));
  }
  return fronts;
}

}  // namespace marea::detail
