// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/io/options.hpp>

namespace marea::detail {

/// What a message says of the option it is about: the table and the key.
struct OptionContext {
  std::string_view where;
  std::string key;
};

/// "case.toml:12:7: solver": the place of a value, then the table.
std::string option_where(const OptionTree& node, std::string_view where);
/// Throws ConfigError "case.toml:12:7: solver: cfl = 1.5 must lie in (0, 1]".
[[noreturn]] void fail_option(const OptionContext& context, const OptionTree& value, std::string_view rule);
/// Throws ConfigError for the first key of `table` that is not in `known`.
void check_unknown(const OptionTree& table, std::string_view where, const std::vector<std::string>& known);
/// Checks a value, or each element of an array; NaN is never in range.
void check_range(const OptionTree& value, const OptionContext& context, const OptionRange& range);

void read_value(bool& out, const OptionTree& value, const OptionContext& context);
void read_value(int& out, const OptionTree& value, const OptionContext& context);
void read_value(std::int64_t& out, const OptionTree& value, const OptionContext& context);
/// An infinite value passes only where the default is infinite too.
void read_value(double& out, const OptionTree& value, const OptionContext& context);
void read_value(std::string& out, const OptionTree& value, const OptionContext& context);
void read_value(OptionTree& out, const OptionTree& value, const OptionContext& context);

template <class T> inline constexpr bool is_vector = false;
template <class T> inline constexpr bool is_vector<std::vector<T>> = true;
template <class T> inline constexpr bool is_std_array = false;
template <class T, std::size_t n> inline constexpr bool is_std_array<std::array<T, n>> = true;
/// A struct with a `visit`: everything that is not one of the listed member types.
template <class T>
inline constexpr bool is_options = std::is_class_v<T> && !std::is_same_v<T, std::string> &&
                                   !std::is_same_v<T, OptionTree> && !is_vector<T> && !is_std_array<T>;

/// `visit` of an options struct that the visitor only looks at.
template <class Visitor, class Options> void visit_const(Visitor&& visitor, const Options& options) {
  visit(visitor, const_cast<Options&>(options));
}

template <class T> void read_value(std::vector<T>& out, const OptionTree& value, const OptionContext& context);
template <class T, std::size_t n>
void read_value(std::array<T, n>& out, const OptionTree& value, const OptionContext& context);

template <class Options>
  requires is_options<Options>
void read_value(Options& out, const OptionTree& value, const OptionContext& context) {
  if (!value.is_table()) fail_option(context, value, "must be a table");
  read_options(out, value, context.where.empty() ? context.key : std::string(context.where) + "." + context.key);
}

template <class T> void read_value(std::vector<T>& out, const OptionTree& value, const OptionContext& context) {
  if (!value.is_array()) fail_option(context, value, "must be an array");
  out.clear();
  for (const OptionTree& element : value.as_array()) {
    T item{};
    read_value(item, element, context);
    out.push_back(std::move(item));
  }
}

template <class T, std::size_t n>
void read_value(std::array<T, n>& out, const OptionTree& value, const OptionContext& context) {
  if (!value.is_array() || value.as_array().size() != n) {
    fail_option(context, value, "must be an array of " + std::to_string(n) + " values");
  }
  for (std::size_t i = 0; i < n; ++i) read_value(out[i], value.as_array()[i], context);
}

template <class T> OptionTree value_tree(const T& value) {
  if constexpr (is_options<T>) {
    return write_options(value);
  } else if constexpr (is_vector<T> || is_std_array<T>) {
    OptionTree::Array array;
    for (const auto& element : value) array.push_back(value_tree(typename T::value_type(element)));
    return array;
  } else {
    return value;
  }
}

template <class T> std::string type_text() {
  if constexpr (std::is_same_v<T, bool>) {
    return "boolean";
  } else if constexpr (std::is_integral_v<T>) {
    return "integer";
  } else if constexpr (std::is_floating_point_v<T>) {
    return "float";
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "string";
  } else if constexpr (is_vector<T>) {
    return "list of " + type_text<typename T::value_type>();
  } else if constexpr (is_std_array<T>) {
    return std::to_string(std::tuple_size_v<T>) + " x " + type_text<typename T::value_type>();
  } else {
    return "table";
  }
}

/// What `marea list` prints of the default and the range of one option.
std::string default_text(const OptionTree& value);
std::string range_text(const OptionRange& range);

struct CollectNames {
  std::vector<std::string>& names;
  template <class T> void operator()(const char* name, T&, const OptionDoc& = {}) { names.emplace_back(name); }
};

struct ReadValues {
  const OptionTree& table;
  std::string_view where;
  template <class T> void operator()(const char* name, T& member, const OptionDoc& doc = {}) {
    const OptionTree* value = table.find(name);
    if (!value) return;
    const OptionContext context{where, name};
    read_value(member, *value, context);
    check_range(*value, context, doc.range);
  }
};

struct CheckValues {
  std::string_view where;
  template <class T> void operator()(const char* name, T& member, const OptionDoc& doc = {}) {
    if constexpr (is_options<T>) {
      check_options(member, where.empty() ? name : std::string(where) + "." + name);
    } else if constexpr (is_vector<T>) {
      if constexpr (is_options<typename T::value_type>) {
        for (auto& element : member) check_options(element, where.empty() ? name : std::string(where) + "." + name);
      } else {
        check_range(value_tree(member), {where, name}, doc.range);
      }
    } else {
      check_range(value_tree(member), {where, name}, doc.range);
    }
  }
};

struct WriteValues {
  OptionTree& table;
  template <class T> void operator()(const char* name, T& member, const OptionDoc& = {}) {
    OptionTree value = value_tree(member);
    if (!value.empty()) table[name] = std::move(value);
  }
};

struct DescribeValues {
  std::vector<OptionRow>& rows;
  std::string prefix;
  template <class T> void operator()(const char* name, T& member, const OptionDoc& doc = {}) {
    if constexpr (is_options<T>) {
      visit_const(DescribeValues{rows, prefix + name + "."}, member);
    } else {
      rows.push_back({prefix + name, type_text<T>(), default_text(value_tree(member)), doc.units,
                      range_text(doc.range), doc.help});
    }
  }
};

}  // namespace marea::detail

namespace marea {

template <class Options>
void read_options(Options& options, const OptionTree& table, std::string_view where,
                  const std::vector<std::string>& others) {
  if (table.empty()) return;
  std::vector<std::string> known;
  visit(detail::CollectNames{known}, options);
  known.insert(known.end(), others.begin(), others.end());
  detail::check_unknown(table, where, known);
  visit(detail::ReadValues{table, where}, options);
}

template <class Options> void check_options(const Options& options, std::string_view where) {
  detail::visit_const(detail::CheckValues{where}, options);
}

template <class Options> OptionTree write_options(const Options& options) {
  OptionTree table{OptionTree::Table{}};
  detail::visit_const(detail::WriteValues{table}, options);
  return table;
}

template <class Options> std::vector<OptionRow> describe_options(const Options& defaults) {
  std::vector<OptionRow> rows;
  detail::visit_const(detail::DescribeValues{rows, ""}, defaults);
  return rows;
}

}  // namespace marea
