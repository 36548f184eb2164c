// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/option_tree.hpp>

// What the tables of report.md are made of.
namespace marea::detail {

/// The number at `key` as text; "–" where it is missing or not finite.
std::string cell(const OptionTree& tree, const char* key, const char* format, double factor = 1);
std::string percent(const OptionTree& tree, const char* key);
/// A method's label as tables show it: "solver 120 x 92, order 2".
std::string row_label(const OptionTree& method);
std::string table_row(const std::vector<std::string>& cells);
std::string table_head(const std::vector<std::string>& titles);
/// Units of the output field a channel belongs to: "velocity_x" to "velocity".
std::string units_of(const OptionTree& report, const std::string& channel);

}  // namespace marea::detail
