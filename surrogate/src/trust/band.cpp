// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/band.hpp>

#include <algorithm>
#include <cmath>

#include <marea/io/error.hpp>

#include "band_data.hpp"

namespace marea {

Band::Band(const ModelInfo& info, const Weights& data) : info_(info) {
  const auto array = [&](const char* name, DType dtype, std::int64_t columns) {
    const auto found = std::ranges::find(data, name, [](const auto& entry) { return entry.first; });
    const std::vector<std::int64_t> extents{std::ssize(info.output_channels), columns};
    if (found == data.end() || found->second.dtype() != dtype || !std::ranges::equal(found->second.extents(), extents))
      fail<DataError>("band", "array '", name, "' is missing or does not fit the model; train again");
    HostArray copy(dtype, found->second.extents());
    copy_converting(found->second.ref(), copy.ref());
    return copy;
  };
  std::int64_t cells = 1;
  for (const std::int64_t n : info.extents) cells *= n;
  difficulty_ = array(detail::band_difficulty, DType::f32, cells);
  quantiles_ = array(detail::band_quantiles, DType::f64, detail::band_levels);
}

void Band::half_width(const ArrayRef& in, double share, const ArrayRef& out) const {
  if (!(share > 0 && share < 1)) fail<ConfigError>("band", "= ", share, " must lie between 0 and 1");
  const detail::BandScale scale(in, info_);
  if (scale.cells() != difficulty_.extents()[1] || !std::ranges::equal(out.slice(0, 0, 1).extents().subspan(1),
                                                                       info_.extents))
    fail<ShapeError>("band", "input ", to_string(in), " and output ", to_string(out),
                     " must have the cells of the training");
  const double place = share * static_cast<double>(detail::band_levels - 1);
  const auto below = static_cast<std::size_t>(place);
  for (std::int64_t c = 0; c < std::ssize(info_.output_channels); ++c) {
    const double* levels = quantiles_.ref()[c].as<double>();
    const double q = std::lerp(levels[below], levels[below + 1], place - static_cast<double>(below));
    HostArray width(DType::f64, info_.extents);
    const float* difficulty = difficulty_.ref()[c].as<float>();
    for (std::int64_t i = 0; i < scale.cells(); ++i)
      width.values<double>()[static_cast<std::size_t>(i)] = scale.inside(i) ? q * difficulty[i] * scale.of(c) : 0;
    copy_converting(width.ref(), out[c]);
  }
}

}  // namespace marea
