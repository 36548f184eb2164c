// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <string>
#include <vector>

#include <marea/io/options.hpp>
#include <marea/io/unknown_name.hpp>
#include <marea/solvers/grid/grid.hpp>
#include <marea/solvers/registry.hpp>

// Built-in initial states and static fields: structs with a name and a `visit`, and one function `profile_of` each.
namespace marea {

/// A place: x, y, z; 0 on unused axes.
using Point = std::array<double, 3>;

/// Centre of a cell of this rank, by its array indices.
inline Point centre_of(const Grid& grid, int k, int j, int i) {
  const Cells& c = grid.cells;
  const auto at = [&](int axis, int index) { return axis < 3 - grid.dimensions ? 0.0 : c.centre(axis, index); };
  return {at(2, i), at(1, j), at(0, k)};
}

/// The name in `profile` of a table, one of `known`. Throws ConfigError, which says where.
std::string profile_name(const OptionTree& table, const std::string& where, const std::vector<std::string>& known);

/// The profiles P..., of which a table of a case file names one; an empty table means the first. Each P has a static `name`, options by `visit`, and
/// `profile_of(const P&, arguments...)` that gives a Callable.
template <class Callable, class... P> struct ProfileTable {
  static std::vector<std::string> names() { return {std::string(P::name)...}; }

  /// What `marea list` shows; `table`: where the profile stands in a case file.
  static std::vector<ProfileEntry> entries(const std::string& table) {
    return {ProfileEntry{std::string(P::name), table, describe_options<P>()}...};
  }

  /// The profile that `table` names. Throws ConfigError for an unknown name, key or value.
  template <class... Arguments>
  static Callable make(const OptionTree& table, const std::string& where, const Arguments&... arguments) {
    Callable made;
    visit_chosen(table, where, [&](const auto& options) { made = profile_of(options, arguments...); });
    return made;
  }

  /// The table with every option of its profile.
  static OptionTree resolved(const OptionTree& table, const std::string& where) {
    OptionTree all;
    visit_chosen(table, where, [&]<class Q>(const Q& options) {
      all = write_options(options);
      all["profile"] = std::string(Q::name);
    });
    return all;
  }

 private:
  static bool is_empty(const OptionTree& table) { return table.empty() || table.as_table().empty(); }
  template <class Use> static void visit_chosen(const OptionTree& table, const std::string& where, Use&& use) {
    const std::string name = is_empty(table) ? names().front() : profile_name(table, where, names());
    const auto consider = [&]<class Q>(Q options) {
      if (name != Q::name) return;
      read_options(options, table, where, {"profile"});
      use(options);
    };
    (consider(P{}), ...);
  }
};

}  // namespace marea
