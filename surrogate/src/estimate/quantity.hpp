// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <marea/io/array_ref.hpp>
#include <marea/io/field_info.hpp>
#include <marea/io/grid_info.hpp>
#include <marea/io/option_tree.hpp>

namespace marea::detail {

/// What is estimated: a scalar field of the solver at the end of a run, or its value in the cell of a gauge.
struct Quantity {
  std::string name;                    ///< "max_eta" or "max_eta.victoria"
  FieldInfo field;
  std::vector<double> position;        ///< x, y, z of the gauge; empty: the whole field
  std::vector<std::int64_t> extents;   ///< of the field's values, in storage order; empty for a gauge

  std::int64_t size() const;
  /// Values from a field on the grid of whatever made it, f64: means over cells or the cell of the gauge.
  /// \param out  size() values
  void take(const ArrayRef& field_values, const GridInfo& grid, float* out) const;
};

/// Values of one sample.
std::int64_t total_size(const std::vector<Quantity>& quantities);

/// The quantities of these names, fields with `extents`. \param grid of the solver \param outputs what it gives
/// Throws ConfigError for what the solver or `[solver.gauges]` does not have.
std::vector<Quantity> read_quantities(const std::vector<std::string>& names, const OptionTree& case_file,
                                      const std::vector<FieldInfo>& outputs, const std::vector<std::int64_t>& extents);

}  // namespace marea::detail
