// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/options.hpp>

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <marea/io/option_text.hpp>
#include <marea/io/unknown_name.hpp>
#include <marea/io/where_of.hpp>

namespace marea {
namespace {

bool inside(double v, const OptionRange& r) {
  const bool open_low = r.ends == Ends::open || r.ends == Ends::open_closed;
  const bool open_high = r.ends == Ends::open || r.ends == Ends::closed_open;
  return (open_low ? v > r.low : v >= r.low) && (open_high ? v < r.high : v <= r.high);
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`, letter case ignored
/// (optimal string alignment distance).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  };
  std::vector<std::size_t> before, above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + !same(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = above;
    above = row;
  }
  return above.back();
}

}  // namespace

OptionRange at_least(double low) { return {.low = low}; }
OptionRange more_than(double low) { return {.low = low, .ends = Ends::open_closed}; }
OptionRange between(double low, double high, Ends ends) { return {.low = low, .high = high, .ends = ends}; }
OptionRange one_of(std::vector<std::string> choices) { return {.choices = std::move(choices)}; }

std::string to_string(const OptionRange& range) {
  if (!range.choices.empty()) return fmt::format("must be one of {}", fmt::join(range.choices, ", "));
  const bool low = std::isfinite(range.low), high = std::isfinite(range.high);
  const bool open_low = range.ends == Ends::open || range.ends == Ends::open_closed;
  const bool open_high = range.ends == Ends::open || range.ends == Ends::closed_open;
  if (low && high) {
    return fmt::format("must lie in {}{}, {}{}", open_low ? '(' : '[', range.low, range.high, open_high ? ')' : ']');
  }
  if (low) return fmt::format("must be {} {}", open_low ? ">" : ">=", range.low);
  if (high) return fmt::format("must be {} {}", open_high ? "<" : "<=", range.high);
  return "";
}

std::string where_of(const OptionTree& case_file, std::string_view path) {
  const std::string_view table = path.substr(0, path.rfind('.'));
  const OptionTree* value = case_file.at_path(path);
  return value ? detail::option_where(*value, table) : std::string(table);
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

namespace detail {

std::string option_where(const OptionTree& node, std::string_view where) {
  OptionTree place;  // the location without the path
  place.location = node.location;
  const std::string prefix = place.where();
  if (prefix.empty()) return std::string(where);
  return where.empty() ? prefix : prefix + ": " + std::string(where);
}

void fail_option(const OptionContext& context, const OptionTree& value, std::string_view rule) {
  fail<ConfigError>(option_where(value, context.where), context.key, " = ", value_text(value), " ", rule);
}

void check_unknown(const OptionTree& table, std::string_view where, const std::vector<std::string>& known) {
  for (const auto& [key, value] : table.as_table()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      fail_unknown(option_where(value, where), "option", key, known);
  }
}

void check_range(const OptionTree& value, const OptionContext& context, const OptionRange& range) {
  if (value.is_array()) {
    for (const OptionTree& element : value.as_array()) check_range(element, context, range);
  } else if (value.is_string() && !range.choices.empty()) {
    const auto& choices = range.choices;
    if (std::find(choices.begin(), choices.end(), value.as_string()) != choices.end()) return;
    const std::string nearest = nearest_name(value.as_string(), choices);
    fail_option(context, value, to_string(range) + (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
  } else if (value.is_number()) {
    if (std::isnan(value.as_double())) fail_option(context, value, "must be a number, not NaN");
    if (!inside(value.as_double(), range)) fail_option(context, value, to_string(range));
  }
}

void read_value(bool& out, const OptionTree& value, const OptionContext& context) {
  if (!value.is_bool()) fail_option(context, value, "must be true or false");
  out = value.as_bool();
}

void read_value(std::int64_t& out, const OptionTree& value, const OptionContext& context) {
  if (!value.is_integer()) fail_option(context, value, "must be an integer");
  out = value.as_integer();
}

void read_value(int& out, const OptionTree& value, const OptionContext& context) {
  std::int64_t wide = 0;
  read_value(wide, value, context);
  if (wide != static_cast<int>(wide)) fail_option(context, value, "must fit into a 32-bit integer");
  out = static_cast<int>(wide);
}

void read_value(double& out, const OptionTree& value, const OptionContext& context) {
  if (!value.is_number()) fail_option(context, value, "must be a number");
  const double number = value.as_double();
  if (std::isfinite(out) && !std::isfinite(number)) fail_option(context, value, "must be a finite number");
  out = number;
}

void read_value(std::string& out, const OptionTree& value, const OptionContext& context) {
  if (!value.is_string()) fail_option(context, value, "must be a string: write it in quotation marks");
  out = value.as_string();
}

void read_value(OptionTree& out, const OptionTree& value, const OptionContext&) { out = value; }

std::string default_text(const OptionTree& value) {
  return value.empty() || (value.is_string() && value.as_string().empty()) ? "" : value_text(value);
}

std::string range_text(const OptionRange& range) {
  const std::string rule = to_string(range);
  for (const std::string_view start : {"must be one of ", "must be ", "must lie "}) {
    if (rule.starts_with(start)) return rule.substr(start.size());
  }
  return rule;
}

}  // namespace detail
}  // namespace marea
