// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <string_view>

namespace marea {

/// Writes a snapshot file in another tool's layout; gives back the path of the file written.
///
/// - "well": `out` is a folder; the file goes, without the links at its root, to data/<split>/<name>.h5, where The
///   Well's dataset class looks for it (split "train" where the file carries none).
/// - "pdebench": `out` is a file in the layout of PDEBench's 2-D shallow-water data: a group 0000, 0001, … a
///   trajectory with `data` f32 [time, cells…, channels] and `grid/{x,y,t}`. The axes keep their storage order.
/// - "netcdf": `out` is a netCDF-4 file with the variables alone at its root, vectors as one variable a component.
///
/// Throws ConfigError for another layout, IoError, DataError. An existing file is replaced.
std::string export_snapshot(const std::string& path, const std::string& out, std::string_view layout);

}  // namespace marea
