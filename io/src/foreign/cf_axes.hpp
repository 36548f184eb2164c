// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include <marea/io/hdf5.hpp>

namespace marea::detail {

/// One axis of a dataset, as the file describes it.
struct CfAxis {
  std::string name;               ///< of the dimension, empty where the file gives none
  std::int64_t cells = 0;
  char letter = 0;                ///< 'x', 'y', 'z', 't', or 0: the file does not say
  bool geographic = false;        ///< longitude or latitude
  std::vector<double> centres{};  ///< coordinates, z upwards; empty: none
  std::string units{};            ///< of the coordinates, empty where the file says nothing
  std::string where{};            ///< the coordinates' place, for messages
};

/// The axes in storage order: named by dimension scales, labels of axes, or, in files without either, by marea's own
/// order of axes (`order`: {"y", "x"}), whose coordinates are the datasets x, y, z, lon, lat and the like beside it.
/// What an axis is follows from `axis`, `standard_name`, `units` and the name of its coordinates (CF 1.10, chapter 4).
/// Throws DataError where these contradict each other, where coordinates do not fit, rise or fall, and where the file
/// holds others that would be passed over (stray_coordinates.hpp).
/// \param vector  the last axis of a file without names holds components
std::vector<CfAxis> cf_axes(const hdf5::File& file, const hdf5::Dataset& dataset, const std::vector<std::string>& order,
                            bool vector = false);

/// What a dimension of that name, with or without coordinates, is: its letter and whether it is geographic.
CfAxis cf_axis_of(const std::string& name, const hdf5::Dataset* coordinates);

/// What the datasets of a group name in these attributes: {"bounds"}.
std::set<std::string> named_by(const hdf5::Group& group, std::initializer_list<const char*> attributes);

/// Whether a dataset describes others instead of being a field: a coordinate, a bound, a grid mapping, a scale.
bool is_description(const hdf5::File& file, const std::string& name);

}  // namespace marea::detail
