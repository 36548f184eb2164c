// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>

// Words in the attributes of files by others.
namespace marea::detail {

inline std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Empty where there is no such attribute. Throws DataError where it is no text.
inline std::string text_of(const hdf5::Object& object, const char* name) {
  if (!object.has_attribute(name)) return "";
  if (!object.is_string_attribute(name))
    fail<DataError>(object.where() + "@" + name, "must be text, but is none; mend the attribute");
  return object.read_string(name);
}

inline bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, text) != list.end();
}

/// The names in an attribute such as `coordinates`.
inline std::vector<std::string> words_of(const hdf5::Object& object, const char* name) {
  std::istringstream text(text_of(object, name));
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

inline std::string base_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

}  // namespace marea::detail
