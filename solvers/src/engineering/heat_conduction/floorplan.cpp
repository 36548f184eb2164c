// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/heat_conduction/floorplan.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>

namespace marea::heat_conduction {
namespace {

/// The words of a line, divided by blanks or commas, up to #.
std::vector<std::string> words_of(std::string line) {
  line.erase(std::min(line.find('#'), line.size()));
  std::ranges::replace(line, ',', ' ');
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

double number(const std::string& word, const std::string& where, const std::string& column) {
  char* end = nullptr;
  const double value = std::strtod(word.c_str(), &end);
  if (end == word.c_str() || *end != '\0' || !(value - value == 0))
    fail<DataError>(where, column, " = ", word, " must be a finite number");
  return value;
}

/// The places of the known columns in the first line of a table.
std::map<std::string, std::size_t> columns_of(const std::vector<std::string>& header, const std::string& where) {
  std::map<std::string, std::size_t> columns;
  for (std::size_t n = 0; n < header.size(); ++n) columns[header[n]] = n;
  for (const char* needed : {"name", "x", "y", "width", "height"})
    if (!columns.contains(needed))
      fail<DataError>(where, "the first line of a floorplan's table names its columns, but ", needed,
                      " is missing; give name, x, y, width, height and, if wanted, power");
  return columns;
}

FloorplanBlock block_of(const std::vector<std::string>& words, const std::map<std::string, std::size_t>& columns,
                        const std::string& where) {
  const auto value = [&](const std::string& column) {
    const std::size_t at = columns.at(column);
    if (at >= words.size()) fail<DataError>(where, column, " is missing in a line of ", words.size(), " words");
    return number(words[at], where, column);
  };
  FloorplanBlock block;
  block.name = words.at(columns.at("name"));
  block.place = {value("x"), value("x") + value("width"), value("y"), value("y") + value("height")};
  if (columns.contains("power")) block.power = value("power");
  return block;
}

}  // namespace

std::vector<FloorplanBlock> read_floorplan(const std::string& path) {
  std::istringstream text(read_text_file(path));
  std::map<std::string, std::size_t> columns;
  const bool hotspot = path.ends_with(".flp");
  if (hotspot) columns = {{"name", 0}, {"width", 1}, {"height", 2}, {"x", 3}, {"y", 4}};
  std::vector<FloorplanBlock> blocks;
  int number_of_line = 0;
  for (std::string line; std::getline(text, line);) {
    const std::string where = path + ":" + std::to_string(++number_of_line);
    const std::vector<std::string> words = words_of(line);
    if (words.empty() || (hotspot && words.size() == 3)) continue;
    if (columns.empty()) columns = columns_of(words, where);
    else blocks.push_back(block_of(words, columns, where));
  }
  if (blocks.empty()) fail<DataError>(path, "the floorplan has no blocks");
  return blocks;
}

void check_floorplan(const std::vector<FloorplanBlock>& blocks, double width, double height, std::string_view path) {
  const double slack = 1e-6 * std::min(width, height);
  for (std::size_t n = 0; n < blocks.size(); ++n) {
    const auto& [name, p, power] = blocks[n];
    if (!(p.x_high > p.x_low && p.y_high > p.y_low))
      fail<DataError>(path, "block ", name, " is ", p.x_high - p.x_low, " x ", p.y_high - p.y_low,
                      " m, width and height must be > 0");
    if (p.x_low < -slack || p.y_low < -slack || p.x_high > width + slack || p.y_high > height + slack)
      fail<DataError>(path, "block ", name, ", [", p.x_low, ", ", p.x_high, "] x [", p.y_low, ", ", p.y_high,
                      "], must lie on the die of ", width, " x ", height,
                      " m; give the size of the die as [grid] x, y or the layer's footprint");
    for (std::size_t m = 0; m < n; ++m) {
      const auto& [other, q, ignored] = blocks[m];
      if (name == other) fail<DataError>(path, "two blocks have the name ", name);
      const double x = std::min(p.x_high, q.x_high) - std::max(p.x_low, q.x_low);
      const double y = std::min(p.y_high, q.y_high) - std::max(p.y_low, q.y_low);
      if (x > slack && y > slack)
        fail<DataError>(path, "blocks ", other, " and ", name, " overlap by ", x, " x ", y, " m, they must not");
    }
  }
}

}  // namespace marea::heat_conduction
