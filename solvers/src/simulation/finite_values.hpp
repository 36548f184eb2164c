// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/io/array_ref.hpp>
#include <marea/io/field_info.hpp>
#include <marea/io/grid_info.hpp>
#include <marea/io/restart_piece.hpp>

namespace marea::detail {

/// Throws NumericalError on all ranks when a value of `array` is NaN or infinite on any: field, index, time named.
void require_finite(const FieldInfo& field, const ArrayRef& array, const GridInfo& grid, double time);
void require_finite(const RestartPiece& piece, const ArrayRef& array, const GridInfo& grid, double time);

}  // namespace marea::detail
