// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/io/option_tree.hpp>

// An options struct is a plain struct with defaulted members and one function found by ADL,
//
//   template <class Visitor> void visit(Visitor&& v, Options& o) {
//     v("cfl", o.cfl, {"Courant number", "1", between(0, 1, Ends::open_closed)});
//   }
//
// TOML, the command line, Python keywords, HDF5 attributes and `marea list` all use it.
// Members may be bool, int, std::int64_t, double, std::string, std::array and std::vector of
// these, OptionTree (a table that somebody else reads), or another options struct (a sub-table).
namespace marea {

enum class Ends : std::uint8_t { closed, open, open_closed, closed_open };

/// Values an option may take; default: any.
struct OptionRange {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  Ends ends = Ends::closed;
  std::vector<std::string> choices{};  ///< for strings
};

OptionRange at_least(double low);                 ///< >= low
OptionRange more_than(double low);                ///< > low
inline OptionRange positive() { return more_than(0); }
OptionRange between(double low, double high, Ends ends = Ends::closed);
OptionRange one_of(std::vector<std::string> choices);

/// "must be > 0", "must lie in (0, 1]", "must be one of minmod, mc": the rule in a message.
std::string to_string(const OptionRange& range);

/// What `marea list NAME` and --help say of one option.
struct OptionDoc {
  std::string help;
  std::string units = "";  ///< UDUNITS form, empty where there is none
  OptionRange range{};
};

/// One line of `marea list NAME`.
struct OptionRow {
  std::string key, type, default_value, units, range, help;
};

/// Reads `table` into `options`: each key must be known, of the right type and in range.
/// Throws ConfigError "case.toml:12:7: solver: unknown option 'clf', did you mean 'cfl'? known: …",
/// or "case.toml:12:7: solver: cfl = 1.5 must lie in (0, 1]".
/// Keys listed in `others` are left to somebody else.
template <class Options>
void read_options(Options& options, const OptionTree& table, std::string_view where,
                  const std::vector<std::string>& others = {});

/// Checks every range; throws ConfigError "shallow_water: cfl = 1.5 must lie in (0, 1]".
template <class Options> void check_options(const Options& options, std::string_view where);

/// The options as a table: what is written back as the resolved configuration.
template <class Options> OptionTree write_options(const Options& options);

/// Every option with type, default, units and range.
template <class Options> std::vector<OptionRow> describe_options(const Options& defaults = {});

/// The candidate with the smallest edit distance, or "" when none is near.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace marea

#include <marea/io/detail/options_impl.hpp>
