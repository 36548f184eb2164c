// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/io/host_array.hpp>
#include <marea/io/options.hpp>
#include <marea/solvers/climate/shallow_water/options.hpp>
#include <marea/solvers/grid/grid.hpp>

namespace marea::shallow_water {

/// h, hu, hv of this rank's cells, f64[ny, nx] each, as `[initial]` says: { profile, … }, or { file, … } of FileOptions
/// with the datasets `eta` or `h`, and one of `velocity`, `u` and `v`, `hu` and `hv`, or none of these for water at rest;
/// any other dataset is refused unless `[solver]` takes it from the same file.
/// `bed` as read_static_field gives it. The depth is the file's, below 0 too: require_depth judges it. Throws
/// ConfigError, IoError, or DataError naming the first cell not finite.
std::vector<HostArray> read_initial(const OptionTree& initial, const Options& options, const HostArray& bed,
                                    const Grid& grid);

/// Throws DataError with the number of cells of less than no water and the first one's place, on all ranks alike. What
/// single precision may leave of 0, 2^-23 of the deepest cell, is set to 0. Collective.
void require_depth(const OptionTree& initial, const HostArray& h, const Grid& grid);

/// Says aloud what is hardly meant: a sea without a wet cell, or a start other than lake_at_rest without any wave while
/// nothing flows in. `fields` as read_initial gives them. Collective.
void warn_of_still_start(const OptionTree& initial, const Options& options, const std::vector<HostArray>& fields,
                         const HostArray& bed, const Grid& grid);

}  // namespace marea::shallow_water
