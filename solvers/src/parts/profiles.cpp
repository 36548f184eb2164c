// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/parts/profiles.hpp>

#include <marea/io/error.hpp>
#include <marea/solvers/parts/file_options.hpp>

namespace marea {

std::string profile_name(const OptionTree& table, const std::string& where, const std::vector<std::string>& known) {
  const OptionTree* name = table.find("profile");
  if (!name) {
    const std::vector<std::string> keys = profile_or_file_keys();
    for (const auto& [key, value] : table.as_table())
      if (!nearest_name(key, keys).empty()) detail::check_unknown(OptionTree::Table{{key, value}}, where, keys);
    fail<ConfigError>(detail::option_where(table, where), "needs a key `profile` or `file`");
  }
  detail::check_range(*name, {where, "profile"}, one_of(known));
  return name->as_string();
}

}  // namespace marea
