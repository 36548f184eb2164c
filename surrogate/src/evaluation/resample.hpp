// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/io/array_ref.hpp>

namespace marea::detail {

/// Brings a cell-centred scalar field to another uniform grid of the same domain: block means where the target is
/// coarser by a whole factor on every axis, otherwise linear interpolation between cell centres.
///
/// \param from  f64, 1 to 3 axes;  \param to  f64, as many axes
/// \param mask  as `from`: only cells where it is not zero are interpolated between (their weights are scaled up);
///              a target with no such neighbour becomes 0. Block means take every cell. Empty: all cells.
void resample(const ArrayRef& from, const ArrayRef& mask, const ArrayRef& to);

}  // namespace marea::detail
