// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/option_tree.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

#include <marea/io/error.hpp>
#include <marea/io/option_text.hpp>

namespace marea {
namespace {

/// "a string", "an integer": the kind of a node in messages.
std::string_view kind_of(const OptionTree& node) {
  if (node.empty()) return "nothing";
  if (node.is_bool()) return "a boolean";
  if (node.is_integer()) return "an integer";
  if (node.is_number()) return "a float";
  if (node.is_string()) return "a string";
  return node.is_array() ? "an array" : "a table";
}

[[noreturn]] void fail_kind(const OptionTree& node, std::string_view wanted) {
  const std::string where = node.where();
  fail<ConfigError>(where.empty() ? "option" : where, "must be ", wanted, ", not ", kind_of(node),
                    node.empty() || node.is_table() ? "" : ": " + value_text(node));
}

/// One piece of a dotted path: a key, or an index into an array.
struct PathStep {
  std::string key;
  std::int64_t index = -1;
};

[[noreturn]] void fail_path(std::string_view path, std::string_view rule) {
  fail<ConfigError>("option path", "'", path, "' ", rule,
                    "; write it as table.key, table.list[0] or table.\"odd key\"");
}

/// `a.b[0]."c.d"` as steps a, b, [0], c.d.
std::vector<PathStep> parse_path(std::string_view path) {
  std::vector<PathStep> steps;
  std::size_t at = 0;
  while (at < path.size()) {
    if (path[at] == '[') {
      const std::size_t close = path.find(']', at);
      std::int64_t index = -1;
      if (close != path.npos) std::from_chars(path.data() + at + 1, path.data() + close, index);
      if (index < 0 || steps.empty()) fail_path(path, "has a bad index");
      steps.push_back({"", index});
      at = close + 1;
    } else if (path[at] == '"') {
      const std::size_t close = path.find('"', at + 1);
      if (close == path.npos) fail_path(path, "has an open quotation mark");
      steps.push_back({std::string(path.substr(at + 1, close - at - 1))});
      at = close + 1;
    } else {
      const std::size_t end = std::min(path.find_first_of(".[", at), path.size());
      if (end == at) fail_path(path, "has an empty key");
      steps.push_back({std::string(path.substr(at, end - at))});
      at = end;
    }
    if (at < path.size() && path[at] == '.' && ++at == path.size()) fail_path(path, "has an empty key");
  }
  if (steps.empty()) fail_path(path, "is empty");
  return steps;
}

/// Gives `node` and everything in it its dotted path.
void set_paths(OptionTree& node, const std::string& path) {
  node.path = path;
  if (node.is_table()) {
    for (auto& [key, child] : node.as_table()) set_paths(child, join_path(path, key));
  } else if (node.is_array()) {
    std::size_t index = 0;
    for (OptionTree& child : node.as_array()) set_paths(child, path + "[" + std::to_string(index++) + "]");
  }
}

}  // namespace

bool OptionTree::as_bool() const {
  if (const bool* v = std::get_if<bool>(&value_)) return *v;
  fail_kind(*this, "true or false");
}

std::int64_t OptionTree::as_integer() const {
  if (const std::int64_t* v = std::get_if<std::int64_t>(&value_)) return *v;
  fail_kind(*this, "an integer");
}

double OptionTree::as_double() const {
  if (const double* v = std::get_if<double>(&value_)) return *v;
  if (is_integer()) return static_cast<double>(std::get<std::int64_t>(value_));
  fail_kind(*this, "a number");
}

const std::string& OptionTree::as_string() const& {
  if (const std::string* v = std::get_if<std::string>(&value_)) return *v;
  fail_kind(*this, "a string");
}

const OptionTree::Array& OptionTree::as_array() const& {
  if (const Array* v = std::get_if<Array>(&value_)) return *v;
  fail_kind(*this, "an array");
}

const OptionTree::Table& OptionTree::as_table() const& {
  if (const Table* v = std::get_if<Table>(&value_)) return *v;
  fail_kind(*this, "a table");
}

OptionTree::Array& OptionTree::as_array() & { return const_cast<Array&>(std::as_const(*this).as_array()); }

OptionTree::Table& OptionTree::as_table() & {
  if (empty()) value_ = Table{};
  return const_cast<Table&>(std::as_const(*this).as_table());
}

const OptionTree* OptionTree::find(std::string_view key) const {
  const Table* table = std::get_if<Table>(&value_);
  if (!table) return nullptr;
  const auto it = std::find_if(table->begin(), table->end(), [&](const auto& entry) { return entry.first == key; });
  return it == table->end() ? nullptr : &it->second;
}

OptionTree* OptionTree::find(std::string_view key) { return const_cast<OptionTree*>(std::as_const(*this).find(key)); }

OptionTree& OptionTree::operator[](std::string_view key) {
  if (OptionTree* child = find(key)) return *child;
  OptionTree& child = as_table().emplace_back(key, OptionTree{}).second;
  child.path = join_path(path, key);
  return child;
}

const OptionTree* OptionTree::at_path(std::string_view path) const {
  const OptionTree* node = this;
  for (const PathStep& step : parse_path(path)) {
    if (step.index < 0) {
      node = node->find(step.key);
    } else {
      const Array* array = std::get_if<Array>(&node->value_);
      node = array && step.index < std::ssize(*array) ? &(*array)[step.index] : nullptr;
    }
    if (!node) return nullptr;
  }
  return node;
}

void OptionTree::set_path(std::string_view path, OptionTree value) {
  OptionTree* node = this;
  for (const PathStep& step : parse_path(path)) {
    if (step.index < 0) {
      node = &(*node)[step.key];
      if (node->empty()) node->location = value.location;
    } else {
      Array& array = node->as_array();
      if (step.index >= std::ssize(array)) {
        const std::string& file = value.location.file;
        fail<ConfigError>(file.empty() ? node->where() : file + ": " + node->path, "index ", step.index,
                          " must be below ", array.size(), ", the number of elements");
      }
      node = &array[step.index];
    }
  }
  std::string whole = std::move(node->path);
  *node = std::move(value);
  set_paths(*node, whole.empty() ? std::string(path) : whole);
}

std::string OptionTree::where() const {
  std::string text = location.file;
  if (location.line > 0) text += ":" + std::to_string(location.line) + ":" + std::to_string(location.column);
  if (!text.empty() && !path.empty()) text += ": ";
  return text + path;
}

}  // namespace marea
