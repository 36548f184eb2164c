// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <optional>
#include <string>

#include <marea/io/grid_info.hpp>
#include <marea/io/host_array.hpp>

namespace marea {

/// How a field of a file comes onto a grid.
struct Regrid {
  /// linear: between the file's points at the cell's centre; mean: the mean of that interpolant over the cell (what a
  /// coarse grid needs to see of a fine bed); auto: mean along the axes where the file's points stand closer than the
  /// cells, else linear; none: the file's values stand on the grid itself.
  std::string method = "auto";
  bool beyond_ends = false;               ///< cells beyond the file take its nearest value instead of an error
  std::optional<double> missing{};        ///< what gaps of the file are filled with, in `units`
  std::string units{};                    ///< of the result; empty: whatever the file holds
  std::string component{};                ///< axis along which a vector's component points, "x"; empty: a scalar
};

/// Reads a field of a plain input file onto this rank's cells (without ghosts): f64, [nx], [ny, nx] or [nz, ny, nx]. A
/// file without coordinates must have the grid's extents.
///
/// Throws IoError; DataError for what read_field_file refuses, for gaps where the grid needs values (how many, and the
/// first one's place), for a file that ends more than half of its own spacing before the outermost centres, and for
/// "none" where the file's coordinates are not the grid's; ShapeError when the extents differ. Every rank throws alike.
HostArray read_field_on_grid(const std::string& path, const std::string& dataset, const GridInfo& grid,
                             const Regrid& how);

}  // namespace marea
