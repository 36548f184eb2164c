// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <marea/io/option_tree.hpp>

namespace marea {

/// The tables a case file may hold: grid, solver, initial, …
const std::vector<std::string>& case_file_tables();

/// Reads a TOML case file; every node knows its file, line and column.
///
/// \param overrides  texts "table.key=value": the value as TOML writes it, a bare word counts as a string
/// Throws IoError when the file cannot be read, ConfigError "case.toml:3:8: …" for wrong syntax, a table that no
/// case file has, or a bad override.
OptionTree read_case_file(const std::string& path, const std::vector<std::string>& overrides = {});

/// As read_case_file, for a text at hand; `name` stands for the file in messages.
OptionTree parse_case_text(std::string_view text, const std::string& name,
                           const std::vector<std::string>& overrides = {});

/// The bytes of a file. Throws IoError with the system's words.
std::string read_text_file(const std::string& path);

/// Any TOML text as a tree: what to_toml wrote, the configuration attribute of a file. Throws ConfigError.
OptionTree parse_toml(std::string_view text, const std::string& name);

/// Throws ConfigError when a top-level key is none of case_file_tables(), or not a table.
void check_case_tables(const OptionTree& case_file);

}  // namespace marea
