// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/hdf5.hpp>

/// How datasets by other programs are stored, beyond what marea itself writes.
namespace marea::hdf5 {

struct NumberType {
  bool floating = false, is_signed = true;
  bool flag = false;                     ///< ENUM{FALSE, TRUE}
  int bytes = 8;
};
/// Throws DataError when the dataset holds no numbers.
NumberType number_type(const Dataset& dataset);

/// The value of what was never written, where the file itself says one.
bool has_fill_value(const Dataset& dataset, double& value);

/// Throws DataError, with the remedy, when values cannot be read: a filter that this HDF5 lacks, raw data files that are
/// shorter than the dataset, or a virtual dataset whose sources, or theirs, are not there, leave cells without a value,
/// or say what the virtual dataset does not repeat of the values.
void check_readable(const Dataset& dataset);

/// The first source of a virtual dataset that has dimension scales; empty where none has.
std::string source_with_axes(const Dataset& dataset);

/// The file that a dataset lives in, where an external link led to another one; else empty.
std::string other_file(const Dataset& dataset);

/// Throws DataError when chunks were never written: "2 of 8 chunks were never written; whole are 6 of the 8 along the
/// first axis".
void check_written(const Dataset& dataset);

/// A dimension scale that stands for an axis of a dataset.
struct Scale {
  std::string path;                      ///< of the scale inside the file, empty where it has none
  bool coordinates = false;              ///< false: a netCDF-4 dimension without a coordinate variable
};
/// What is attached to one axis.
struct AxisLabels {
  std::string label;                     ///< h5py's dims[n].label, empty where there is none
  std::vector<Scale> scales;
};
/// Throws DataError where the scales stand in another file, which an external link led to.
std::vector<AxisLabels> axis_labels(const Dataset& dataset);
bool is_scale(const Dataset& dataset);

/// Why what stands there cannot be opened, and what to do: "links to /h of runs/a.h5, which is not there; …"; empty
/// where the name is missing or can be opened.
std::string broken_link(const Group& group, const std::string& name);

}  // namespace marea::hdf5
