// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/multigrid/whole_grid.hpp>

#include <bit>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <marea/solvers/grid/loops.hpp>

namespace marea::multigrid {
namespace {

template <class Real> using Bits = std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t>;

/// Calls use(where in all, k, j, i) for each cell of this rank, and for the first ghosts beyond a high end of the
/// domain,
/// which hold high faces.
template <class Use> void for_each_own(const Grid& grid, const Grid& whole, const Use& use) {
  const Cells &c = grid.cells, &w = whole.cells;
  int end[3];
  for (int a = 0; a < 3; ++a) end[a] = c.end[a] + (grid.at_boundary(a, 1) ? 1 : 0);
  const auto shifted = [&](int axis, int index) {
    return static_cast<int>(c.offset[axis]) + index - c.begin[axis] + w.begin[axis];
  };
  for (int k = c.begin[0]; k < end[0]; ++k)
    for (int j = c.begin[1]; j < end[1]; ++j)
      for (int i = c.begin[2]; i < end[2]; ++i) use(shifted(0, k), shifted(1, j), shifted(2, i), k, j, i);
}

Box whole_box(const Grid& whole) {
  Box box = interior(whole.cells);
  for (int a = 0; a < 3; ++a) box.end[a] += whole.at_boundary(a, 1) ? 1 : 0;
  return box;
}

}  // namespace

Grid whole_grid(const Grid& grid) {
  Grid whole = grid;
  Cells& c = whole.cells;
  for (int a = 0; a < 3; ++a) {
    c.offset[a] = 0;
    c.end[a] = c.begin[a] + static_cast<int>(c.global[a]);
    const bool periodic = a >= 3 - grid.dimensions && grid.boundary[a][0] == BoundaryKind::periodic && c.global[a] > 1;
    whole.neighbour[a] = periodic ? std::array{0, 0} : std::array{MPI_PROC_NULL, MPI_PROC_NULL};
  }
  whole.rank = 0;
  whole.size = 1;
  whole.comm = std::make_shared<MPI_Comm>(MPI_COMM_SELF);
  return whole;
}

template <class Real>
void gather_whole(const Grid& grid, const StateView<Real>& part, const Grid& whole, const StateView<Real>& all) {
  const auto from = host_mirror_and_copy(part);
  const auto to = host_mirror(all);
  Device().fence();
  const Cells& w = whole.cells;
  const int variables = static_cast<int>(part.extent(0));
  const Box box = whole_box(whole);
  const auto number = [&](int v, int k, int j, int i) {
    return ((static_cast<std::size_t>(v) * box.count(0) + (k - w.begin[0])) * box.count(1) + (j - w.begin[1])) *
               box.count(2) + (i - w.begin[2]);
  };
  std::vector<Bits<Real>> bits(number(variables, w.begin[0], w.begin[1], w.begin[2]), 0);
  for (int v = 0; v < variables; ++v)
    for_each_own(grid, whole, [&](int wk, int wj, int wi, int k, int j, int i) {
      bits[number(v, wk, wj, wi)] = std::bit_cast<Bits<Real>>(static_cast<Real>(from(v, k, j, i)));
    });
  MPI_Allreduce(MPI_IN_PLACE, bits.data(), static_cast<int>(bits.size() * sizeof(Real)), MPI_BYTE, MPI_BOR, *grid.comm);
  if constexpr (!device_is_host) Kokkos::deep_copy(to, all);
  for (int v = 0; v < variables; ++v)
    for (int k = w.begin[0]; k < box.end[0]; ++k)
      for (int j = w.begin[1]; j < box.end[1]; ++j)
        for (int i = w.begin[2]; i < box.end[2]; ++i) to(v, k, j, i) = std::bit_cast<Real>(bits[number(v, k, j, i)]);
  if constexpr (!device_is_host) Kokkos::deep_copy(all, to);
}

namespace detail {

template <class Real> struct CopyShifted {
  StateView<Real> from, to;
  int dk, dj, di;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    to(0, k, j, i) = from(0, k + dk, j + dj, i + di);
  }
};

}  // namespace detail

template <class Real>
void take_part(const Grid& grid, const Grid& whole, const StateView<Real>& all, const StateView<Real>& part) {
  int shift[3];
  for (int a = 0; a < 3; ++a)
    shift[a] = static_cast<int>(grid.cells.offset[a]) + whole.cells.begin[a] - grid.cells.begin[a];
  for_each_cell("multigrid.take_part", grid.cells, detail::CopyShifted<Real>{all, part, shift[0], shift[1], shift[2]});
}

template void gather_whole(const Grid&, const StateView<float>&, const Grid&, const StateView<float>&);
template void take_part(const Grid&, const Grid&, const StateView<float>&, const StateView<float>&);
template void gather_whole(const Grid&, const StateView<double>&, const Grid&, const StateView<double>&);
template void take_part(const Grid&, const Grid&, const StateView<double>&, const StateView<double>&);

}  // namespace marea::multigrid
