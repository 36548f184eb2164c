// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/io/grid_info.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/options.hpp>
#include <marea/solvers/grid/grid.hpp>

// From options and files to the fields of this rank's cells, on the host in double precision.
namespace marea::shallow_water {

/// Bed elevation of this rank's cells, f64[ny, nx] [m], as `[solver.bathymetry]` says: a number, { file, regrid } or
/// { profile, … }. Throws ConfigError, IoError, or DataError naming the first cell that is not finite.
HostArray read_bed(const OptionTree& bathymetry, const GridInfo& grid);

/// h, hu, hv of this rank's cells, f64[ny, nx] each, as `[initial]` says: { profile, … }, or { file, regrid } with the
/// datasets `eta` or `h`, and optionally `hu` and `hv`. Without a table: a lake at rest at level 0.
std::vector<HostArray> read_initial(const OptionTree& initial, double gravity, const HostArray& bed,
                                    const GridInfo& grid);

/// Copies values of this rank's cells into one variable of a state with ghosts.
template <class Real>
void upload(const HostArray& values, const StateView<Real>& to, int variable, const Cells& cells) {
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), to);
  const auto from = values.values<double>();
  std::size_t n = 0;
  for (int j = cells.begin[1]; j < cells.end[1]; ++j) {
    for (int i = cells.begin[2]; i < cells.end[2]; ++i) host(variable, 0, j, i) = static_cast<Real>(from[n++]);
  }
  Kokkos::deep_copy(to, host);
}

}  // namespace marea::shallow_water
