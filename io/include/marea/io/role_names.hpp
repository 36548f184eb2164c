// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstddef>
#include <string>

#include <marea/io/field_info.hpp>

namespace marea {

/// What files and lists call the roles of fields, in the order of the enumeration.
inline constexpr std::array<const char*, 4> role_names{"prognostic", "derived", "fixed", "diagnostic"};
inline std::string to_string(FieldRole role) { return role_names[static_cast<std::size_t>(role)]; }

/// What lists call the values of cells, in the order of the enumeration.
inline constexpr std::array<const char*, 3> cell_value_names{"mean", "sample", "truncation"};
inline std::string to_string(CellValue value) { return cell_value_names[static_cast<std::size_t>(value)]; }

}  // namespace marea
