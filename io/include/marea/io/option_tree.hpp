// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace marea {

/// Where a value was written: for messages such as "case.toml:12:7".
struct SourceLocation {
  std::string file;  ///< a path, "-o" or "python"; empty when made in C++
  int line = 0, column = 0;
};

/// Ordered tree of option values: what a TOML table, a Python dict and a C++ caller have in common.
///
/// A node is empty, a bool, an integer, a float, a string, an array or a table. Accessors throw
/// ConfigError that names the location, the key path and what was expected.
class OptionTree {
 public:
  using Array = std::vector<OptionTree>;
  using Table = std::vector<std::pair<std::string, OptionTree>>;  // in the order written

  OptionTree() = default;
  OptionTree(bool v) : value_(v) {}
  OptionTree(int v) : value_(std::int64_t{v}) {}
  OptionTree(std::int64_t v) : value_(v) {}
  OptionTree(double v) : value_(v) {}
  OptionTree(const char* v) : value_(std::string(v)) {}
  OptionTree(std::string v) : value_(std::move(v)) {}
  OptionTree(Array v) : value_(std::move(v)) {}
  OptionTree(Table v) : value_(std::move(v)) {}

  bool empty() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_table() const { return std::holds_alternative<Table>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }

  bool as_bool() const;
  std::int64_t as_integer() const;
  double as_double() const;  ///< an integer counts
  const std::string& as_string() const&;
  const Array& as_array() const&;
  const Table& as_table() const&;
  Array& as_array() &;
  Table& as_table() &;  ///< an empty node becomes a table
  // Of a temporary: by value, so that nothing dangles.
  std::string as_string() && { return as_string(); }
  Array as_array() && { return std::move(as_array()); }
  Table as_table() && { return std::move(as_table()); }

  /// The child of that key, or nullptr. Not a dotted path.
  const OptionTree* find(std::string_view key) const;
  OptionTree* find(std::string_view key);
  /// The child of that key, made when missing; an empty node becomes a table.
  OptionTree& operator[](std::string_view key);
  /// Value at a dotted path with array indices, as "initial.centre[0]"; nullptr when absent.
  const OptionTree* at_path(std::string_view path) const;
  /// Sets the value at such a path; tables on the way are made, array elements must exist.
  void set_path(std::string_view path, OptionTree value);

  /// Where it was written and its dotted path from the root, for messages.
  SourceLocation location;
  std::string path;
  /// "case.toml:12:7: solver.cfl", as much as is known.
  std::string where() const;

  /// Values equal; locations do not count.
  friend bool operator==(const OptionTree& a, const OptionTree& b) { return a.value_ == b.value_; }

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Table> value_;
};

/// The tree as TOML text that parses back to an equal tree.
std::string to_toml(const OptionTree& tree);
/// The tree as one line of JSON.
std::string to_json(const OptionTree& tree);

}  // namespace marea
