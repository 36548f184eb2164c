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
///   trajectory with `data` f32 [t, x, [y, [z,]] channels] and `grid/x`, `grid/y`, `grid/t`.
/// - "netcdf": `out` is a netCDF-4 file with the variables alone at its root, in their own precision, vectors as one
///   variable a component.
///
/// A file that an earlier export of the same file made is replaced. Where another one stands in the place, "well" takes
/// the next free name (run_2.h5, …), the others throw ConfigError. On an error nothing is left behind.
/// Throws ConfigError for another layout, IoError, Stopped, and DataError for a run that is not whole.
std::string export_snapshot(const std::string& path, const std::string& out, std::string_view layout);

/// Throws DataError unless the run of a file came to its end and nothing is torn.
void require_whole_run(const std::string& path);

}  // namespace marea
