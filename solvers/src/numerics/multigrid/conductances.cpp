// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/multigrid/conductances.hpp>

#include <marea/solvers/grid/convert.hpp>

namespace marea::multigrid {
namespace detail {

template <class Real> struct SumFaces {
  Conductances<Real> of;
  int dimensions;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    Real sum = of.sink(0, k, j, i);
    for (int a = 0; a < dimensions; ++a) {
      const int axis = a + 3 - dimensions;
      sum += of.faces(a, k, j, i) + of.faces(a, k + (axis == 0), j + (axis == 1), i + (axis == 2));
    }
    of.diagonal(0, k, j, i) = sum;
  }
};

template <class Real>
void convert(const Cells& cells, const StateView<double>& from, const StateView<Real>& to, double factor) {
  for_each_cell("multigrid.convert", interior(cells, ghost_layers),
                Convert<double, Real>{from, to, static_cast<int>(from.extent(0)), factor});
}

/// One variable of every cell from the next cell along an axis, or to it.
template <class Real> struct FromNext {
  StateView<Real> from, to;
  int variable, dk, dj, di;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    to(variable, k, j, i) = from(variable, k + dk, j + dj, i + di);
  }
};

}  // namespace detail

template <class Real> void exchange_faces(const Grid& grid, const StateView<Real>& faces) {
  HaloExchange<Real> halo(grid, grid.dimensions);
  const StateView<Real> high = make_state<Real>("multigrid.high_faces", grid, grid.dimensions);
  const auto shift = [&](const Box& box, int a, int n, const StateView<Real>& from, const StateView<Real>& to) {
    const int axis = a + 3 - grid.dimensions;
    for_each_cell("multigrid.high_faces", box,
                  detail::FromNext<Real>{from, to, a, n * (axis == 0), n * (axis == 1), n * (axis == 2)});
  };
  for (int a = 0; a < grid.dimensions; ++a) shift(interior(grid.cells), a, 1, faces, high);
  halo.exchange(high);
  halo.exchange(faces);
  for (int a = 0; a < grid.dimensions; ++a) {
    const int axis = a + 3 - grid.dimensions;
    if (!grid.at_boundary(axis, 1)) continue;
    Box box = interior(grid.cells, ghost_layers);
    box.begin[axis] = grid.cells.end[axis];
    box.end[axis] = box.begin[axis] + 1;
    shift(box, a, -1, high, faces);
  }
}

template <class Real> void set_diagonal(const Grid& grid, const Conductances<Real>& of) {
  for_each_cell("multigrid.diagonal", grid.cells, detail::SumFaces<Real>{of, grid.dimensions});
}

template <class Real> Conductances<Real> scaled(const Grid& grid, const Conductances<double>& of, double factor) {
  const Conductances<Real> copy = make_conductances<Real>(grid);
  detail::convert(grid.cells, of.faces, copy.faces, factor);
  detail::convert(grid.cells, of.sink, copy.sink, factor);
  set_diagonal(grid, copy);
  return copy;
}

template void exchange_faces(const Grid&, const StateView<float>&);
template void exchange_faces(const Grid&, const StateView<double>&);
template void set_diagonal(const Grid&, const Conductances<float>&);
template void set_diagonal(const Grid&, const Conductances<double>&);
template Conductances<float> scaled(const Grid&, const Conductances<double>&, double);
template Conductances<double> scaled(const Grid&, const Conductances<double>&, double);

}  // namespace marea::multigrid
