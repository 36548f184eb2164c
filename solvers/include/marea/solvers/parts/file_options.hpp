// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <limits>
#include <string>
#include <vector>

#include <marea/io/options.hpp>
#include <marea/solvers/numerics/regrid.hpp>

namespace marea {

/// Where a table of a case file, a static field's or `[initial]`, takes its fields from a file.
struct FileOptions {
  std::string file, regrid = "auto", extrapolate = "none";
  double missing = std::numeric_limits<double>::quiet_NaN();  ///< NaN: gaps are an error
};
template <class Visitor> void visit(Visitor&& v, FileOptions& o) {
  v("file", o.file, {"HDF5 or netCDF-4 file with one dataset a field, and x, y, z where it has a grid of its own"});
  v("regrid", o.regrid, {"onto this grid: linear at centres, mean over cells, auto (mean along axes where the file is finer than "
                          "the grid, else linear), or none where the file has this grid", "",
                          one_of({"auto", "linear", "mean", "none"})});
  v("missing", o.missing, {"number that fills gaps of the file (_FillValue, NaN), in the field's units; nan: gaps are an error"});
  v("extrapolate", o.extrapolate, {"cells beyond the file: none, an error, or nearest, the file's outermost values", "",
                                     one_of({"none", "nearest"})});
}

/// The keys of a table that may name a file, `profile` first: for messages.
std::vector<std::string> profile_or_file_keys();

/// The table read and checked. Throws ConfigError.
FileOptions file_options(const OptionTree& table, const std::string& where);

/// How a field in these units comes onto a grid.
Regrid regrid_of(const FileOptions& options, const std::string& units);

}  // namespace marea
