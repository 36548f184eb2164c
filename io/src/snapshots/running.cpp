// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/running.hpp>

#include <array>
#include <charconv>
#include <cstddef>

#include <marea/io/option_text.hpp>
#include <marea/io/option_tree.hpp>

namespace marea {
namespace {

constexpr std::array<std::string_view, 4> kinds{"maximum", "minimum", "first_crossing", "passed"};

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

std::string to_string(const RunningDiagnostic& diagnostic) {
  std::string text{kinds[static_cast<std::size_t>(diagnostic.kind)]};
  text += "(" + diagnostic.of;
  if (diagnostic.has_threshold()) text += ", " + value_text(diagnostic.threshold);
  return text + ")";
}

std::optional<RunningDiagnostic> parse_running(std::string_view text) {
  text = trimmed(text);
  const std::size_t open = text.find('('), comma = text.rfind(',');
  if (open == std::string_view::npos || !text.ends_with(')')) return {};
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    if (trimmed(text.substr(0, open)) != kinds[k]) continue;
    RunningDiagnostic diagnostic{.kind = static_cast<RunningDiagnostic::Kind>(k)};
    std::size_t end = text.size() - 1;
    if (diagnostic.has_threshold()) {
      if (comma == std::string_view::npos || comma < open) return {};
      const auto threshold = number(trimmed(text.substr(comma + 1, end - comma - 1)));
      if (!threshold || !(*threshold >= 0)) return {};
      diagnostic.threshold = *threshold;
      end = comma;
    }
    diagnostic.of = trimmed(text.substr(open + 1, end - open - 1));
    if (diagnostic.of.empty() || diagnostic.of.find_first_of("(), ") != std::string::npos) return {};
    return diagnostic;
  }
  return {};
}

}  // namespace marea
