// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

#include <marea/io/grid_info.hpp>
#include <marea/io/host_array.hpp>

namespace marea {

/// Reads a two-dimensional field of a plain input file onto this rank's cells (without ghosts): f64[ny, nx].
///
/// \param regrid  "linear": bilinear between the file's x and y at the cell's centre, constant beyond its ends; "mean":
///                the mean of that interpolant over the cell (what a coarse grid needs to see of a fine bed); "none":
///                the file's values stand on the grid itself. A file without x and y must have the grid's extents.
/// Throws IoError; DataError for a missing dataset, NaN or unordered coordinates; ShapeError when the extents differ.
HostArray read_field_on_grid(const std::string& path, const std::string& dataset, const GridInfo& grid,
                             const std::string& regrid);

}  // namespace marea
