// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "field_planes.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <marea/io/error.hpp>
#include <marea/io/units.hpp>

#include "../arrays/block_mean.hpp"

namespace marea::detail {
namespace {

bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t exponent = 0x7f800000;  // all ones stand for infinity and NaN
  std::uint32_t found = 0;
  for (const float v : values) found |= (std::bit_cast<std::uint32_t>(v) & exponent) == exponent;
  return found == 0;
}

}  // namespace

std::vector<std::string> channel_names(const FieldInfo& field, const GridInfo& grid) {
  std::vector<std::string> names{field.rank > 0 ? field.name + '_' : field.name};
  for (int r = 0; r < field.rank; ++r) {
    std::vector<std::string> longer;
    for (const auto& name : names)
      for (const auto& component : component_names(grid.axis_names)) longer.push_back(name + component);
    names = std::move(longer);
  }
  return names;
}

bool is_constant(const SnapshotReader& reader, const std::string& field) {
  return std::ranges::any_of(reader.schema().constants, [&](const FieldInfo& f) { return f.name == field; });
}

std::optional<NamedScalar> parameter_of(const SnapshotReader& reader, const std::string& name) {
  for (const NamedScalar& parameter : reader.schema().parameters)
    if (parameter.name == name) return parameter;
  try {
    if (const OptionTree* option = reader.schema().config.at_path(name); option && option->is_number())
      return NamedScalar{name, option->as_double(), "1"};
  } catch (const ConfigError&) {  // no path
  }
  return {};
}

FieldPlanes::FieldPlanes(ReaderPool& files, std::vector<std::int64_t> fine, int coarsen)
    : files_(files), fine_(std::move(fine)), coarsen_(coarsen) {}

void FieldPlanes::read(const Run& run, const FieldSource& source, std::int64_t step, std::span<float> planes) {
  if (!source.constant) return load(run, source, step, planes);
  const std::tuple key(run.file, run.trajectory, source.field.name);
  if (const auto known = constants_.find(key); known != constants_.end()) {
    std::ranges::copy(known->second, planes.begin());
    return;
  }
  load(run, source, step, planes);
  if (cached_ + planes.size() > cache_limit) return;
  cached_ += planes.size();
  constants_.emplace(key, std::vector<float>(planes.begin(), planes.end()));
}

HostArray FieldPlanes::read_fine(const Run& run, const FieldSource& source, std::int64_t step, DType dtype) {
  auto extents = fine_;
  for (int r = 0; r < source.field.rank; ++r) extents.push_back(std::ssize(fine_));
  HostArray values(dtype, extents);
  files_.get(run.file).read(source.field.name, run.trajectory, step, values.ref());
  return values;
}

void FieldPlanes::load(const Run& run, const FieldSource& source, std::int64_t step, std::span<float> planes) {
  const SnapshotReader& reader = files_.get(run.file);
  if (source.parameter) {
    const auto parameter = parameter_of(reader, source.field.name);
    if (!parameter || !std::isfinite(static_cast<float>(parameter->value)))
      fail<DataError>(run.file, "parameter '", source.field.name, "' must be a finite number among the file's ",
                      "simulation_parameters or in its configuration, as it is in other files of the data set");
    std::ranges::fill(planes, static_cast<float>(parameter->value));
    return;
  }
  if (coarsen_ == 1 && source.components == 1) {
    reader.read(source.field.name, run.trajectory, step, make_array_ref(planes.data(), DType::f32, fine_));
  } else {
    const HostArray values = read_fine(run, source, step, reader.schema().precision);
    const std::size_t plane = planes.size() / static_cast<std::size_t>(source.components);
    for (int c = 0; c < source.components; ++c) {
      const auto out = planes.subspan(static_cast<std::size_t>(c) * plane, plane);
      if (values.dtype() == DType::f32)
        block_mean<float>(values.values<float>(), fine_, source.components, c, coarsen_, out);
      else
        block_mean<double>(values.values<double>(), fine_, source.components, c, coarsen_, out);
    }
  }
  const double factor = require_units(run.file, reader.field(source.field.name).units, source.field.units);
  if (factor != 1)
    for (float& value : planes) value = static_cast<float>(value * factor);
  if (!all_finite(planes)) report(run, source, step);
}

void FieldPlanes::report(const Run& run, const FieldSource& source, std::int64_t step) {
  const HostArray array = read_fine(run, source, step, DType::f64);
  const auto values = array.values<double>();
  const auto bad = std::ranges::find_if(values, [](double v) { return !std::isfinite(static_cast<float>(v)); });
  std::string index;
  std::int64_t rest = (bad - values.begin()) / source.components;
  for (auto extent = fine_.rbegin(); extent != fine_.rend(); rest /= *extent++)
    index = std::to_string(rest % *extent) + (index.empty() ? "" : ", ") + index;
  fail<DataError>(run.file, "field '", source.field.name, "', trajectory ", run.trajectory,
                  source.constant ? "" : ", step " + std::to_string(step), ", index (", index, "): value ",
                  bad == values.end() ? NAN : *bad,
                  " is not finite in single precision; a learned model needs "
                  "numbers everywhere");
}

}  // namespace marea::detail
