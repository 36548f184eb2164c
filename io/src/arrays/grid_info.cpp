// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/grid_info.hpp>

#include <algorithm>

namespace marea {

std::vector<std::string> component_names(const std::vector<std::string>& axis_names) {
  std::vector<std::string> names = axis_names;
  const bool cartesian = std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return name == "x" || name == "y" || name == "z";
  });
  if (cartesian) std::sort(names.begin(), names.end());
  return names;
}

}  // namespace marea
