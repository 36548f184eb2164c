// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace marea::heat_conduction {

/// A rectangle in the plane of a layer. [x_low, x_high] x [y_low, y_high] [m].
struct Rectangle {
  double x_low = 0, x_high = 0, y_low = 0, y_high = 0;
  double area() const { return (x_high - x_low) * (y_high - y_low); }
};

/// One block of a floorplan.
struct FloorplanBlock {
  std::string name;
  Rectangle place;   ///< from the low corner of the die [m]
  double power = 0;  ///< [W]
};

/// The blocks of a floorplan file: HotSpot's form where its name ends in .flp (a line each of name, width, height,
/// left x, bottom y in metres; lines of connections and what follows # are passed over), else a table of the columns
/// name, x, y, width, height and, if wanted, power [W], whose first line names them, divided by commas or blanks.
/// Throws IoError, or DataError naming file and line.
///
/// Source: HotSpot 7.0, https://github.com/uvahotspot/HotSpot
std::vector<FloorplanBlock> read_floorplan(const std::string& path);

/// Throws DataError where a block is empty, has another's name, lies off a die of that size or upon another block.
void check_floorplan(const std::vector<FloorplanBlock>& blocks, double width, double height, std::string_view path);

}  // namespace marea::heat_conduction
