// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/case_file.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <tuple>

#include <toml++/toml.h>

#include <marea/io/error.hpp>
#include <marea/io/option_text.hpp>
#include <marea/io/options.hpp>

#include "../process/regular_file.hpp"

namespace marea {
namespace {

SourceLocation location_of(const toml::source_region& source, const std::string& file) {
  return {file, static_cast<int>(source.begin.line), static_cast<int>(source.begin.column)};
}

std::string place_of(const SourceLocation& location) {
  OptionTree place;
  place.location = location;
  return place.where();
}

OptionTree tree_of(const toml::node& node, const std::string& file, const std::string& path);

/// The entries of a table in the order in which the file writes them (toml++ keeps them sorted by name).
OptionTree::Table entries_of(const toml::table& table, const std::string& file, const std::string& path) {
  std::vector<std::pair<const toml::key*, const toml::node*>> entries;
  for (const auto& [key, value] : table) entries.emplace_back(&key, &value);
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    const auto &p = a.first->source().begin, &q = b.first->source().begin;
    return std::tie(p.line, p.column) < std::tie(q.line, q.column);
  });
  OptionTree::Table out;
  for (const auto& [key, value] : entries) {
    out.emplace_back(key->str(), tree_of(*value, file, join_path(path, key->str())));
  }
  return out;
}

OptionTree tree_of(const toml::node& node, const std::string& file, const std::string& path) {
  OptionTree out;
  if (const auto* v = node.as_boolean()) {
    out = v->get();
  } else if (const auto* v = node.as_integer()) {
    out = v->get();
  } else if (const auto* v = node.as_floating_point()) {
    out = v->get();
  } else if (const auto* v = node.as_string()) {
    out = v->get();
  } else if (const auto* v = node.as_table()) {
    out = entries_of(*v, file, path);
  } else if (const auto* v = node.as_array()) {
    OptionTree::Array array;
    for (const toml::node& element : *v) {
      array.push_back(tree_of(element, file, path + "[" + std::to_string(array.size()) + "]"));
    }
    out = std::move(array);
  } else {
    fail<ConfigError>(place_of(location_of(node.source(), file)), path,
                      " is a date or a time, which no option takes; write it as a string");
  }
  out.location = location_of(node.source(), file);
  out.path = path;
  return out;
}

/// toml++'s words, plainer ones where a closing quotation mark is missing.
std::string plain_words(const toml::parse_error& error, std::string_view text) {
  std::string words(error.description());
  if (words.find("parsing string") == words.npos && words.find("parsing literal string") == words.npos) return words;
  if (words.ends_with("end-of-file")) return "the string is not closed";
  // It counts the end of a line among the control characters that a string must not hold.
  const bool others = std::ranges::any_of(
      text, [](unsigned char c) { return (c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f; });
  if (words.find("control character") == words.npos || others) return words;
  return "the string is not closed on this line; end it with the quotation mark that it begins with";
}

toml::table parse(std::string_view text, const std::string& name) {
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    fail<ConfigError>(place_of(location_of(error.source(), name)), plain_words(error, text));
  }
}

/// The value of an override. Text that starts like no TOML value is a string: `solver.name=shallow_water`.
OptionTree override_value(const std::string& text) {
  const std::string name = "-o", line = "value = " + text;
  try {
    const toml::table table = toml::parse(line);
    if (table.size() == 1 && !table.begin()->second.is_date() && !table.begin()->second.is_time() &&
        !table.begin()->second.is_date_time()) {
      return tree_of(table.begin()->second, name, "");
    }
  } catch (const toml::parse_error& error) {
    if (!text.empty() && std::strchr("[{\"'", text.front())) {
      fail<ConfigError>(name, "value '", text, "': ", plain_words(error, line));
    }
  }
  return text;
}

/// An override has no line: messages name it as "-o" alone.
void set_override_location(OptionTree& node) {
  node.location = {"-o", 0, 0};
  if (node.is_array()) {
    for (OptionTree& child : node.as_array()) set_override_location(child);
  } else if (node.is_table()) {
    for (auto& entry : node.as_table()) set_override_location(entry.second);
  }
}

void apply_override(OptionTree& tree, const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::size_t last = equals == text.npos ? text.npos : text.find_last_not_of(" \t", equals - 1);
  if (equals == text.npos || equals == 0 || last == text.npos || last >= equals) {
    fail<ConfigError>("-o", "'", text, "' must have the form table.key=value");
  }
  const std::size_t first = text.find_first_not_of(" \t", equals + 1);
  OptionTree value = override_value(first == text.npos ? "" : text.substr(first));
  set_override_location(value);
  tree.set_path(text.substr(0, last + 1), std::move(value));
}

}  // namespace

const std::vector<std::string>& case_file_tables() {
  static const std::vector<std::string> tables{"grid",  "solver", "initial",   "output", "run",       "ensemble",
                                               "data",  "model",  "normalise", "train",  "surrogate", "hybrid",
                                               "estimate"};
  return tables;
}

void check_case_tables(const OptionTree& case_file) {
  detail::check_unknown(case_file, "case file", case_file_tables());
  for (const auto& [key, value] : case_file.as_table()) {
    if (!value.is_table()) fail<ConfigError>(value.where(), "must be a table: write [", key, "]");
  }
}

OptionTree parse_toml(std::string_view text, const std::string& name) { return tree_of(parse(text, name), name, ""); }

OptionTree parse_case_text(std::string_view text, const std::string& name,
                           const std::vector<std::string>& overrides) {
  OptionTree tree = parse_toml(text, name);
  for (const std::string& override : overrides) apply_override(tree, override);
  check_case_tables(tree);
  return tree;
}

std::string read_text_file(const std::string& path) {
  if (std::error_code none; std::filesystem::is_directory(path, none))
    fail<IoError>(path, "is a folder; name one file in it");
  detail::require_regular_file(path);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  file.peek();
  if (!file.is_open() || file.bad()) fail<IoError>(path, "cannot be read: ", std::strerror(errno ? errno : EIO));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

OptionTree read_case_file(const std::string& path, const std::vector<std::string>& overrides) {
  return parse_case_text(read_text_file(path), path, overrides);
}

}  // namespace marea
