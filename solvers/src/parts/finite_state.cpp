// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/parts/finite_state.hpp>

#include <marea/solvers/grid/cell_name.hpp>

namespace marea::detail {

void fail_not_finite_at(std::string_view solver, const std::vector<FieldInfo>& fields, double first, const Grid& grid,
                        double time, std::string_view remedy) {
  const auto& global = grid.info.block.global;
  Block whole{grid.info.block.rank, global, {}, global};
  std::int64_t cells = 1;
  for (int a = 0; a < whole.rank; ++a) cells *= global[a];
  const auto place = static_cast<std::int64_t>(first);
  fail<NumericalError>(solver, fields[static_cast<std::size_t>(place / cells)].name, " is not finite in cell (",
                       cell_name(whole, place % cells), ") at time ", time, "; ", remedy);
}

}  // namespace marea::detail
