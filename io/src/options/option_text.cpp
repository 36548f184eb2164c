// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/option_text.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace marea {
namespace {

/// A TOML basic string, with quotation marks.
std::string quoted_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += fmt::format("\\u{:04X}", static_cast<int>(c));
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

/// The shortest text that reads back to the same double and that TOML takes for a float.
std::string float_text(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == text.npos) text += ".0";  // "n" stands in inf and nan
  return text;
}

/// Writes the entries of `table`, whose header stands above, then its sub-tables under headers of their own.
/// A sub-table that stands before a plain value is written inline, so that the order is kept.
void write_table(std::string& out, const OptionTree::Table& table, const std::string& path) {
  const auto last_plain =
      std::find_if(table.rbegin(), table.rend(),
                   [](const auto& entry) { return !entry.second.is_table() && !entry.second.empty(); })
          .base();
  for (auto it = table.begin(); it != last_plain; ++it) {
    if (!it->second.empty()) out += key_text(it->first) + " = " + value_text(it->second) + '\n';
  }
  for (auto it = last_plain; it != table.end(); ++it) {
    if (it->second.empty()) continue;
    const std::string child = join_path(path, it->first);
    out += (out.empty() ? "[" : "\n[") + child + "]\n";
    write_table(out, it->second.as_table(), child);
  }
}

nlohmann::ordered_json json_of(const OptionTree& node) {
  if (node.is_bool()) return node.as_bool();
  if (node.is_integer()) return node.as_integer();
  if (node.is_number()) return node.as_double();
  if (node.is_string()) return node.as_string();
  if (node.is_array()) {
    auto array = nlohmann::ordered_json::array();
    for (const OptionTree& child : node.as_array()) array.push_back(json_of(child));
    return array;
  }
  if (node.is_table()) {
    auto object = nlohmann::ordered_json::object();
    for (const auto& [key, child] : node.as_table()) object[key] = json_of(child);
    return object;
  }
  return nullptr;
}

}  // namespace

std::string value_text(const OptionTree& value) {
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_integer()) return std::to_string(value.as_integer());
  if (value.is_number()) return float_text(value.as_double());
  if (value.is_string()) return quoted_text(value.as_string());
  std::string out;
  if (value.is_array()) {
    for (const OptionTree& child : value.as_array()) out += (out.empty() ? "" : ", ") + value_text(child);
    return "[" + out + "]";
  }
  if (value.is_table()) {
    for (const auto& [key, child] : value.as_table()) {
      if (!child.empty()) out += (out.empty() ? "" : ", ") + key_text(key) + " = " + value_text(child);
    }
    return "{" + out + "}";
  }
  return "nothing";
}

std::string key_text(std::string_view key) {
  const bool bare = !key.empty() && key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                          "0123456789_-") == key.npos;
  return bare ? std::string(key) : quoted_text(key);
}

std::string join_path(std::string_view parent, std::string_view key) {
  return (parent.empty() ? "" : std::string(parent) + ".") + key_text(key);
}

std::string to_toml(const OptionTree& tree) {
  std::string out;
  if (!tree.empty()) write_table(out, tree.as_table(), "");
  return out;
}

std::string to_json(const OptionTree& tree) {
  return json_of(tree).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

bool is_utf8(const std::string& text) {
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

}  // namespace marea
