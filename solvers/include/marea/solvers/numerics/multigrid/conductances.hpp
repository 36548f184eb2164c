// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <type_traits>

#include <marea/solvers/grid/halo_exchange.hpp>
#include <marea/solvers/grid/loops.hpp>
#include <marea/solvers/grid/reduce.hpp>

// Diffusion with a sink, -div(K grad u) + c u = f, by finite volumes on cells: of every cell
//
//   sum over its faces of T (u - u_neighbour) + s u = f,    T = K A / d,   s = c V,   f the source in the cell.
//
// Where no cell lies beyond a face, u_neighbour = 0 there: T = 0 is an insulated face, any other T one that is held at
// 0;
// what it is held at stands in f. So ghosts beyond a physical boundary stay 0, and no code knows kinds of boundary.
namespace marea::multigrid {

/// Layers of ghost cells that grids of a multigrid have: a coarse cell reads the cells beside its own.
inline constexpr int ghost_layers = 2;

/// The coefficients of the equations on one grid.
template <class Real> struct Conductances {
  StateView<Real> faces;     ///< T of the low face of a cell along axis a, variable a - (3 - dimensions); high faces of
                             ///< the last cells in the first ghosts
  StateView<Real> sink;      ///< s
  StateView<Real> diagonal;  ///< sum of T + s
};

/// Conductances of zeros.
template <class Real> Conductances<Real> make_conductances(const Grid& grid) {
  return {make_state<Real>("multigrid.faces", grid, grid.dimensions), make_state<Real>("multigrid.sink", grid, 1),
          make_state<Real>("multigrid.diagonal", grid, 1)};
}

/// Sum over the faces of a cell of T times the neighbour's value.
template <class Real, class Value, int dimensions> struct NeighbourSum {
  StateView<Real> faces;
  StateView<Value> u;
  template <int axis> KOKKOS_FORCEINLINE_FUNCTION Value along(Cell c) const {
    constexpr int a = axis - (3 - dimensions), dk = axis == 0, dj = axis == 1, di = axis == 2;
    return static_cast<Value>(faces(a, c.k, c.j, c.i)) * u(0, c.k - dk, c.j - dj, c.i - di) +
           static_cast<Value>(faces(a, c.k + dk, c.j + dj, c.i + di)) * u(0, c.k + dk, c.j + dj, c.i + di);
  }
  KOKKOS_FORCEINLINE_FUNCTION Value operator()(Cell c) const {
    Value sum = along<2>(c);
    if constexpr (dimensions > 1) sum += along<1>(c);
    if constexpr (dimensions > 2) sum += along<0>(c);
    return sum;
  }
};

/// out = A u.
template <class Real, class Value, int dimensions> struct Apply {
  NeighbourSum<Real, Value, dimensions> neighbours;
  StateView<Real> diagonal;
  StateView<Value> u, out;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    out(0, c.k, c.j, c.i) = static_cast<Value>(diagonal(0, c.k, c.j, c.i)) * u(0, c.k, c.j, c.i) - neighbours(c);
  }
};

/// Calls run(std::integral_constant<int, d>) for the number of dimensions d.
template <class Run> void with_dimensions(int dimensions, const Run& run) {
  if (dimensions == 1) run(std::integral_constant<int, 1>());
  if (dimensions == 2) run(std::integral_constant<int, 2>());
  if (dimensions == 3) run(std::integral_constant<int, 3>());
}

/// out = A u in the interior; the ghosts of u are filled.
template <class Real, class Value>
void apply(const Grid& grid, const Conductances<Real>& of, const StateView<Value>& u, const StateView<Value>& out) {
  with_dimensions(grid.dimensions, [&](auto d) {
    for_each_cell("multigrid.apply", grid.cells, Apply<Real, Value, d>{{of.faces, u}, of.diagonal, u, out});
  });
}

/// Fills ghosts that another rank or the periodic other end owns, high faces of the domain beside them too: those lie
/// in
/// ghosts, which an exchange leaves out. Collective.
template <class Real> void exchange_faces(const Grid& grid, const StateView<Real>& faces);

/// Fills `diagonal` from faces and sink.
template <class Real> void set_diagonal(const Grid& grid, const Conductances<Real>& of);

/// Copies of conductances, in another precision, multiplied by `factor`, ghosts included.
template <class Real> Conductances<Real> scaled(const Grid& grid, const Conductances<double>& of, double factor);

extern template void exchange_faces(const Grid&, const StateView<float>&);
extern template void exchange_faces(const Grid&, const StateView<double>&);
extern template void set_diagonal(const Grid&, const Conductances<float>&);
extern template void set_diagonal(const Grid&, const Conductances<double>&);
extern template Conductances<float> scaled(const Grid&, const Conductances<double>&, double);
extern template Conductances<double> scaled(const Grid&, const Conductances<double>&, double);

}  // namespace marea::multigrid
