// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "data_error.hpp"

namespace marea::detail {

std::vector<double> errors_on_data(const Method& map, const std::vector<HeldOut>& runs, const ModelInfo& info) {
  const auto fields = output_fields(info);
  std::vector<double> errors(fields.size());
  for (const HeldOut& run : runs) {
    const Forecast forecast = map.forecast(run);
    const HostArray own(DType::f64, run.reference.extents()), mask = error_mask(info, run);
    copy_converting(run.own.ref(), own.ref()[0]);
    for (std::size_t f = 0; f < fields.size(); ++f)
      errors[f] += field_error(forecast.values.ref(), own.ref(), mask_ref(mask), fields[f]) /
                   static_cast<double>(runs.size());
  }
  return errors;
}

}  // namespace marea::detail
