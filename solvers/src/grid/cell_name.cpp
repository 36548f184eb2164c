// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/grid/cell_name.hpp>

namespace marea {

std::string cell_name(const Block& box, std::int64_t n) {
  constexpr const char* letters = "kji";
  std::string name;
  for (int a = box.rank - 1; a >= 0; --a) {
    const std::int64_t index = box.offset[a] + n % box.extent[a];
    name = std::string(1, letters[3 - box.rank + a]) + " = " + std::to_string(index) + (name.empty() ? "" : ", ") + name;
    n /= box.extent[a];
  }
  return name;
}

}  // namespace marea
