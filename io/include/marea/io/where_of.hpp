// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <string_view>

#include <marea/io/option_tree.hpp>

namespace marea {

/// Where a message about one option of a case file begins: "case.toml:12:7: grid" for the path "grid.x[0]" of a value
/// that is written there, "grid" for one that is not.
std::string where_of(const OptionTree& case_file, std::string_view path);

}  // namespace marea
