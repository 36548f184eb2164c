// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "quantity.hpp"

#include <algorithm>
#include <cmath>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/options.hpp>
#include <marea/io/where_of.hpp>

#include "evaluation/resample.hpp"

namespace marea::detail {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// Position of a gauge of `[solver.gauges]`, in either of its forms.
std::vector<double> gauge_position(const OptionTree& case_file, const std::string& name, const std::string& where) {
  const OptionTree* gauges = case_file.at_path("solver.gauges");
  std::vector<std::string> known;
  const auto numbers = [](const OptionTree& list) {
    std::vector<double> position;
    for (const OptionTree& x : list.as_array()) position.push_back(x.as_double());
    return position;
  };
  if (gauges && gauges->is_table())
    for (const auto& [key, position] : gauges->as_table()) {
      if (key == name) return numbers(position);
      known.push_back(key);
    }
  if (gauges && gauges->is_array())
    for (const OptionTree& gauge : gauges->as_array()) {
      const OptionTree *key = gauge.find("name"), *position = gauge.find("position");
      if (!key || !position) continue;
      if (key->as_string() == name) return numbers(*position);
      known.push_back(key->as_string());
    }
  fail<ConfigError>(where, "quantity at gauge '", name, "', which [solver.gauges] does not have; known: ", joined(known));
}

/// Index of the cell that holds the position, in storage order.
std::int64_t cell_of(const std::vector<double>& position, const GridInfo& grid) {
  std::int64_t index = 0;
  const auto axes = static_cast<std::size_t>(grid.block.rank);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const double x = position.at(axes - 1 - axis);
    const auto cells = static_cast<std::int64_t>(grid.centres[axis].size());
    const auto near = static_cast<std::int64_t>(std::floor((x - grid.centres[axis].front()) / grid.spacing[axis] + 0.5));
    index = index * cells + std::clamp<std::int64_t>(near, 0, cells - 1);
  }
  return index;
}

}  // namespace

std::int64_t Quantity::size() const {
  std::int64_t n = 1;
  for (std::int64_t extent : extents) n *= extent;
  return n;
}

void Quantity::take(const ArrayRef& values, const GridInfo& grid, float* out) const {
  if (!position.empty()) {
    out[0] = static_cast<float>(values.as<double>()[cell_of(position, grid)]);
    return;
  }
  const HostArray own(DType::f64, extents);
  resample(values, {}, own.ref());
  std::ranges::transform(own.values<double>(), out, [](double x) { return static_cast<float>(x); });
}

std::int64_t total_size(const std::vector<Quantity>& quantities) {
  std::int64_t n = 0;
  for (const Quantity& quantity : quantities) n += quantity.size();
  return n;
}

std::vector<Quantity> read_quantities(const std::vector<std::string>& names, const OptionTree& case_file,
                                      const std::vector<FieldInfo>& outputs, const std::vector<std::int64_t>& extents) {
  const std::string where = where_of(case_file, "estimate.quantities");
  if (names.empty()) fail<ConfigError>(where, "quantities is empty; name fields at the end of a run, as max_eta");
  std::vector<std::string> known;
  for (const FieldInfo& field : outputs)
    if (field.rank == 0) known.push_back(field.name);
  std::vector<Quantity> quantities;
  for (const std::string& name : names) {
    const auto dot = name.find('.');
    const std::string field = name.substr(0, dot);
    const auto found = std::ranges::find(outputs, field, &FieldInfo::name);
    if (found == outputs.end() || found->rank != 0) {
      const std::string near = nearest_name(field, known);
      fail<ConfigError>(where, "quantity '", name, "': the solver has no scalar field '", field, "'",
                        near.empty() ? "" : ", did you mean '" + near + "'?", " known: ", joined(known));
    }
    quantities.push_back({name, *found, {}, extents});
    if (dot == std::string::npos) continue;
    quantities.back().position = gauge_position(case_file, name.substr(dot + 1), where);
    quantities.back().extents.clear();
    if (quantities.back().position.size() != extents.size())
      fail<ConfigError>(where, "quantity '", name, "': the gauge has ", quantities.back().position.size(),
                        " coordinates, the grid ", extents.size(), " axes");
  }
  return quantities;
}

}  // namespace marea::detail
