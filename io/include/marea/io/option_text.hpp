// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <string_view>

#include <marea/io/option_tree.hpp>

namespace marea {

/// One value as TOML writes it on the right of an equals sign: `1.5`, `"mc"`, `[1, 2]`, `{a = 1}`.
std::string value_text(const OptionTree& value);

/// The key as TOML writes it: bare where it may be, quoted otherwise.
std::string key_text(std::string_view key);

/// "solver.cfl" from "solver" and "cfl"; a key that is not bare is quoted.
std::string join_path(std::string_view parent, std::string_view key);

/// Case files, model files and JSON hold text of no other encoding.
bool is_utf8(const std::string& text);

}  // namespace marea
