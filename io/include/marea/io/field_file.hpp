// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <marea/io/host_array.hpp>

namespace marea {

/// What a reader of a plain input file takes for granted; the file is checked against it.
struct FieldExpectation {
  std::vector<std::string> axis_names;    ///< of the grid in storage order: {"y", "x"}
  std::string length_unit = "m";          ///< of its axes
  std::string units{};                    ///< of the values; empty: any
  std::optional<double> missing{};        ///< what gaps are filled with
  /// The axis that a vector's component points along, "x"; empty: a scalar. The file tells components apart by a
  /// dimension scale of their names; without one they are taken in the order of component_names, with a warning.
  std::string component{};
};

/// A field of a plain input file, turned to the grid's order of axes, rising coordinates, units and sense.
struct FieldFile {
  HostArray values;                                ///< f64, one axis an axis of the grid; gaps are NaN
  std::vector<std::vector<double>> centres;        ///< per axis, rising; empty when the file has none
  std::vector<std::string> axis_names;             ///< of the grid
  std::string where;                               ///< file and dataset, for messages
  std::string gap_rule;                            ///< how the file marks gaps: "_FillValue = -32768", or empty

  /// "[3, 17] (x = 17500, y = 3500)": where the value at `index`, one an axis, stands in the file.
  std::string place(std::span<const std::int64_t> index) const;

  std::vector<std::size_t> stored_axis;            ///< of the file, for each axis
  std::vector<bool> turned;                        ///< coordinates fall in the file
  std::vector<std::int64_t> origin;                ///< index in the file along every axis that is not the grid's
};

/// Reads a dataset of a plain HDF5 or netCDF-4 file. What the file says of it is applied (packing, gaps, direction,
/// units, names and order of axes; see docs/inputs.md) or refused.
/// Throws IoError, or DataError naming file, dataset, what is wrong and what to do.
FieldFile read_field_file(const std::string& path, const std::string& dataset, const FieldExpectation& expected);

/// Throws DataError that names the first field of the file that is not `used`, and lists those that are, after what
/// `user` says. Coordinates, bounds and the like are no fields; whatever stands in a group is one. Links that lead
/// nowhere are named too.
void require_all_used(const std::string& path, const std::vector<std::string>& used,
                      const std::string& user = "this solver starts from");

/// One list of numbers, such as a time series, in these units, without gaps. Its standard_name must be one of the field
/// `what`, where marea gives that name a meaning; where it has a dimension scale, that must be `along` or hold the same
/// numbers. Throws as read_field_file.
std::vector<double> read_series(const std::string& path, const std::string& dataset, const std::string& units,
                                const std::string& what = "", const std::string& along = "");

}  // namespace marea
