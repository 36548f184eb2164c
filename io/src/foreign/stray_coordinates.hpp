// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/io/hdf5.hpp>

#include "../hdf5/dataset_storage.hpp"
#include "cf_axes.hpp"

namespace marea::detail {

/// Throws DataError for coordinates of a field that stand where none are looked for, so that its axes would be taken
/// for the grid's own: two-dimensional x, y, lon or lat (a curvilinear grid, or a list repeated), whether the field's
/// attribute `coordinates` names them or not; lists along a dimension of another name; lists in a group. Axes that have
/// coordinates need no others, unless these only count the cells (0, 1, 2, … without units).
void refuse_stray_coordinates(const hdf5::File& file, const hdf5::Dataset& field,
                              const std::vector<hdf5::AxisLabels>& labels, const std::vector<CfAxis>& axes);

}  // namespace marea::detail
