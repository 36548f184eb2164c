// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/io/host_array.hpp>
#include <marea/io/options.hpp>
#include <marea/solvers/grid/grid.hpp>

namespace marea::shallow_water {

/// h, hu, hv of this rank's cells, f64[ny, nx] each, as `[initial]` says: { profile, … }, or { file, regrid } with the
/// datasets `eta` or `h`, and optionally `hu` and `hv`.
/// `bed` as read_static_field gives it. Throws ConfigError, IoError, or DataError naming the first cell not finite.
std::vector<HostArray> read_initial(const OptionTree& initial, double gravity, const HostArray& bed, const Grid& grid);

}  // namespace marea::shallow_water
