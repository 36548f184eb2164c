// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

#include <marea/io/hdf5.hpp>

namespace marea::detail {

/// Throws DataError where a dataset's `standard_name` says that it is something else than marea's field of that name:
/// a northward velocity for u, a sea surface for the bed. Fields of names that marea gives no meaning are anything.
/// Names: CF Standard Name Table, https://cfconventions.org/standard-names.html.
void require_meaning(const hdf5::Dataset& dataset, const std::string& field);

/// Whether the field grows downwards by what it is, so that `positive = "down"` does not turn it: the water's depth.
bool is_depth_of_water(const std::string& field);

}  // namespace marea::detail
