// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/parts/finite_state.hpp>

namespace marea::detail {

void fail_not_finite_at(std::string_view solver, const std::vector<FieldInfo>& fields, double first, const Grid& grid,
                        double time, std::string_view remedy) {
  constexpr const char* letters[] = {"k", "j", "i"};
  const auto& global = grid.cells.global;
  auto rest = static_cast<std::int64_t>(first);
  std::string cell;
  for (int axis = 2; axis >= 0; --axis) {
    const std::string index = std::string(letters[axis]) + " = " + std::to_string(rest % global[axis]);
    if (axis >= 3 - grid.dimensions) cell = index + (cell.empty() ? "" : ", ") + cell;
    rest /= global[axis];
  }
  fail<NumericalError>(solver, fields[static_cast<std::size_t>(rest)].name, " is not finite in cell (", cell,
                       ") at time ", time, "; ", remedy);
}

}  // namespace marea::detail
