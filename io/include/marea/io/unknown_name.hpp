// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <marea/io/options.hpp>

namespace marea {

/// Throws E "where: unknown option 'clf', did you mean 'cfl'? known: cfl, gravity" for a name that is not `known`.
/// \param what  the kind of thing and, where that helps, where it stands: "option", "name in fields"
template <class E = ConfigError>
[[noreturn]] void fail_unknown(std::string_view where, std::string_view what, std::string_view name,
                               const std::vector<std::string>& known) {
  const std::string near = nearest_name(name, known);
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  fail<E>(where, "unknown ", what, " '", name, "'", near.empty() ? "; " : ", did you mean '" + near + "'? ",
          "known: ", list.empty() ? "none" : list);
}

}  // namespace marea
