// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "markdown.hpp"

#include <cmath>

#include <fmt/format.h>

namespace marea::detail {

std::string cell(const OptionTree& tree, const char* key, const char* format, double factor) {
  const auto* entry = tree.find(key);
  const double value = entry ? factor * entry->as_double() : NAN;
  return std::isfinite(value) ? fmt::format(fmt::runtime(format), value) : "–";
}

std::string percent(const OptionTree& tree, const char* key) { return cell(tree, key, "{:.2f} %", 100); }

std::string row_label(const OptionTree& method) {
  return (method.find("kind")->as_string() == "solver" ? "solver " : "") + method.find("label")->as_string();
}

std::string table_row(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const auto& c : cells) text += " " + c + " |";
  return text + "\n";
}

std::string table_head(const std::vector<std::string>& titles) {
  return table_row(titles) + table_row(std::vector<std::string>(titles.size(), "---"));
}

std::string units_of(const OptionTree& report, const std::string& channel) {
  for (const auto& field : report.at_path("model.outputs")->as_array()) {
    const auto& name = field.find("name")->as_string();
    if (channel == name || channel.starts_with(name + "_")) return field.find("units")->as_string();
  }
  return "1";
}

}  // namespace marea::detail
