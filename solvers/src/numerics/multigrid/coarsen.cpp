// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/multigrid/coarsen.hpp>

#include <algorithm>

namespace marea::multigrid {
namespace detail {

/// A resistance that nothing passes, small enough to be added.
inline constexpr double closed = 1e30;

template <class Real> KOKKOS_INLINE_FUNCTION Real half_resistance(Real conductance) {
  return conductance > 0 ? Real(0.5) / conductance : Real(closed);
}

/// The mean conductance of interior faces: T of low faces that have a cell on either side.
template <class Real> struct InteriorFaces {
  StateView<Real> faces;
  Cells cells;
  int dimensions;
  KOKKOS_INLINE_FUNCTION Kokkos::Array<double, 3> operator()(int k, int j, int i) const {
    const int index[3] = {k, j, i};
    Kokkos::Array<double, 3> sum{};
    for (int a = 0; a < dimensions; ++a) {
      const int axis = a + 3 - dimensions;
      if (cells.offset[axis] + index[axis] - cells.ghost[axis] > 0) sum[axis] = faces(a, k, j, i);
    }
    return sum;
  }
};

/// The fine cells whose values reach a coarse one along one axis: its own, and those of its neighbours beside it.
struct Reach {
  int begin = 0, end = 0, own_begin = 0, own_end = 0;
  KOKKOS_INLINE_FUNCTION Reach(const Merging& m, int axis, int coarse_index) {
    const std::int64_t number = m.number(axis, coarse_index);
    own_begin = begin = m.first(axis, coarse_index);
    own_end = end = begin + m.children(axis, number);
    if (m.factor[axis] == 1) return;
    if (m.children(axis, number - 1) == 2) --begin;
    if (m.children(axis, number + 1) == 2) ++end;
  }
  /// The share of the coarse cell in the fine one, which gives `weight` to its other neighbour.
  template <class Real> KOKKOS_INLINE_FUNCTION Real share(int index, Real weight) const {
    return index >= own_begin && index < own_end ? 1 - weight : weight;
  }
};

/// T of the low face of a coarse cell along one axis. Rows of fine cells count as the coarse cell shares in them.
template <class Real> struct CoarseFace {
  Merging m;
  StateView<Real> fine, weights, coarse;
  int axis, dimensions;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    const int at[3] = {k, j, i}, d[3] = {axis == 0, axis == 1, axis == 2};
    const std::int64_t number = m.number(axis, at[axis]);
    const bool pair_before = m.children(axis, number - 1) == 2, pair_after = m.children(axis, number) == 2;
    Reach reach[3] = {{m, 0, k}, {m, 1, j}, {m, 2, i}};
    reach[axis].begin = m.first(axis, at[axis]);
    reach[axis].end = reach[axis].begin + 1;
    const int variable = axis - (3 - dimensions);
    Real sum = 0;
    for (int fk = reach[0].begin; fk < reach[0].end; ++fk)
      for (int fj = reach[1].begin; fj < reach[1].end; ++fj)
        for (int fi = reach[2].begin; fi < reach[2].end; ++fi) {
          const Real middle = fine(variable, fk, fj, fi);
          if (!(middle > 0)) continue;
          Real resistance = 1 / middle;
          if (pair_before) resistance += half_resistance(fine(variable, fk - d[0], fj - d[1], fi - d[2]));
          if (pair_after) resistance += half_resistance(fine(variable, fk + d[0], fj + d[1], fi + d[2]));
          sum += share(reach, fk, fj, fi) / resistance;
        }
    coarse(variable, k, j, i) = sum;
  }
  /// Of the row through a fine face: the product over the other axes of the mean of both sides' shares.
  KOKKOS_INLINE_FUNCTION Real share(const Reach* reach, int k, int j, int i) const {
    const int at[3] = {k, j, i}, d[3] = {axis == 0, axis == 1, axis == 2};
    const std::int64_t number = m.fine_number(axis, at[axis]);
    const bool low = number > 0 || m.periodic[axis], high = number < m.fine[axis] || m.periodic[axis];
    Real product = 1;
    for (int a = 3 - dimensions; a < 3; ++a) {
      if (a == axis || m.factor[a] == 1) continue;
      const int v = a - (3 - dimensions);
      const Real before = low ? reach[a].share(at[a], weights(v, k - d[0], j - d[1], i - d[2])) : Real(0);
      const Real after = high ? reach[a].share(at[a], weights(v, k, j, i)) : Real(0);
      product *= low && high ? (before + after) / 2 : before + after;
    }
    return product;
  }
};

/// Of every coarse cell the sum over the fine cells that it reaches of their values times its shares in them. Along x
/// it looks at the same number of cells everywhere: beyond an end of the domain shares and values are 0.
template <class Real, int dimensions, bool merged_x> struct Restrict {
  static constexpr int before = merged_x ? -1 : 0, after = merged_x ? 3 : 1;
  Merging m;
  StateView<Real> weights, fine, coarse;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Reach z(m, 0, k), y(m, 1, j);
    const int first = m.first(2, i), own = m.children(2, m.number(2, i));
    Real sum = 0;
    for (int fk = z.begin; fk < z.end; ++fk)
      for (int fj = y.begin; fj < y.end; ++fj) {
        Real row = 0;
        for (int n = before; n < after; ++n) {
          const Cell c{fk, fj, first + n};
          const Real weight = weights(dimensions - 1, c.k, c.j, c.i);
          Real share = n >= 0 && n < own ? 1 - weight : n > own ? Real(0) : weight;
          if constexpr (dimensions > 1) share *= y.share(fj, weights(dimensions - 2, c.k, c.j, c.i));
          if constexpr (dimensions > 2) share *= z.share(fk, weights(0, c.k, c.j, c.i));
          row += share * fine(0, c.k, c.j, c.i);
        }
        sum += row;
      }
    coarse(0, k, j, i) = sum;
  }
};

template <class Real> struct Weights {
  Merging m;
  StateView<Real> faces, weights;
  int dimensions;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    const int at[3] = {k, j, i};
    for (int a = 0; a < dimensions; ++a) {
      const int axis = a + 3 - dimensions, d[3] = {axis == 0, axis == 1, axis == 2};
      const std::int64_t number = m.fine_number(axis, at[axis]), parent = number / m.factor[axis];
      Real weight = 0;
      if (m.children(axis, parent) == 2) {
        const int side = number % 2 == 0 ? 0 : 1;  // the low face leads out of the pair, or the high one
        const int out = side, in = 1 - side, beyond = side == 0 ? -1 : 2;
        const auto face = [&](int n) { return faces(a, k + n * d[0], j + n * d[1], i + n * d[2]); };
        const Real own = half_resistance(face(in)), middle = face(out);
        if (middle > 0) {
          const bool pair_beyond = m.children(axis, parent + (side == 0 ? -1 : 1)) == 2;
          weight = own / (own + 1 / middle + (pair_beyond ? half_resistance(face(beyond)) : Real(0)));
        }
      }
      weights(a, k, j, i) = weight;
    }
  }
};

/// Adds to a fine cell the values of the coarse cells around it times its shares in them; weights are 0 along an axis
/// that is not merged.
template <class Real, int dimensions> struct Prolong {
  Merging m;
  StateView<Real> weights, coarse, fine;
  /// The cell's own parent along an axis, or the one beside it.
  template <int axis> KOKKOS_FORCEINLINE_FUNCTION std::ptrdiff_t parent(int index, bool beside) const {
    if constexpr (axis < 3 - dimensions) return index;
    const int step = m.fine_number(axis, index) % 2 == 0 ? -1 : 1;
    return m.parent(axis, index) + (beside ? step : 0);
  }
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    Real value = 0;
    for (int beside = 0; beside < 1 << dimensions; ++beside) {
      const bool next[3] = {(beside & 4) != 0, (beside & 2) != 0, (beside & 1) != 0};
      Real share = 1;
      for (int a = 3 - dimensions; a < 3; ++a) {
        const Real weight = weights(a - (3 - dimensions), c.k, c.j, c.i);
        share *= next[a] ? weight : 1 - weight;
      }
      value += share * coarse(0, parent<0>(k, next[0]), parent<1>(j, next[1]), parent<2>(i, next[2]));
    }
    fine(0, c.k, c.j, c.i) += value;
  }
};

}  // namespace detail

template <class Real>
std::array<bool, 3> axes_to_merge(const Grid& grid, const Conductances<Real>& of, double share) {
  const std::array<double, 3> sums =
      reduce_sums<3>("multigrid.coupling", grid, detail::InteriorFaces<Real>{of.faces, grid.cells, grid.dimensions});
  double largest = 0;
  std::array<double, 3> mean{};
  for (int a = 0; a < 3; ++a) {
    const auto cells = static_cast<double>(grid.cells.global[a]);
    if (grid.cells.global[a] > 1) mean[a] = sums[a] * cells / (cells - 1);
    largest = std::max(largest, mean[a]);
  }
  std::array<bool, 3> merge{};
  for (int a = 0; a < 3; ++a) merge[a] = grid.cells.global[a] > 1 && mean[a] >= share * largest;
  return merge;
}

Grid coarse_grid(const Grid& fine, const std::array<bool, 3>& merge) {
  Grid coarse = fine;
  Cells& c = coarse.cells;
  for (int a = 0; a < 3; ++a) {
    if (!merge[a]) continue;
    const std::int64_t end = c.offset[a] + c.count(a);
    c.offset[a] = (c.offset[a] + 1) / 2;
    c.end[a] = c.begin[a] + static_cast<int>((end + 1) / 2 - c.offset[a]);
    c.global[a] = (c.global[a] + 1) / 2;
    if (c.global[a] == 1) coarse.neighbour[a] = {MPI_PROC_NULL, MPI_PROC_NULL};  // nothing flows from a cell to itself
  }
  return coarse;
}

Merging merging_of(const Grid& fine, const Grid& coarse, const std::array<bool, 3>& merge) {
  Merging m;
  for (int a = 0; a < 3; ++a) {
    m.factor[a] = merge[a] ? 2 : 1;
    m.fine[a] = fine.cells.global[a];
    m.coarse[a] = coarse.cells.global[a];
    m.periodic[a] = a >= 3 - fine.dimensions && fine.boundary[a][0] == BoundaryKind::periodic && m.coarse[a] > 1;
  }
  m.of_fine = fine.cells;
  m.of_coarse = coarse.cells;
  return m;
}

template <class Real>
Conductances<Real> coarse_conductances(const Merging& merging, const Conductances<Real>& fine,
                                       const StateView<Real>& weights, const Grid& coarse) {
  const Conductances<Real> made = make_conductances<Real>(coarse);
  for (int axis = 3 - coarse.dimensions; axis < 3; ++axis) {
    const bool periodic = coarse.boundary[axis][0] == BoundaryKind::periodic;
    if (periodic && coarse.cells.global[axis] == 1) continue;
    Box box = interior(coarse.cells);
    if (coarse.at_boundary(axis, 1)) ++box.end[axis];  // the high face of the last cell
    for_each_cell("multigrid.coarse_faces", box,
                  detail::CoarseFace<Real>{merging, fine.faces, weights, made.faces, axis, coarse.dimensions});
  }
  restrict_to(merging, coarse, weights, fine.sink, made.sink);
  exchange_faces(coarse, made.faces);
  HaloExchange<Real>(coarse, 1).exchange(made.sink);
  set_diagonal(coarse, made);
  return made;
}

template <class Real>
StateView<Real> interpolation_weights(const Merging& merging, const Conductances<Real>& fine, const Grid& grid) {
  const StateView<Real> weights = make_state<Real>("multigrid.weights", grid, grid.dimensions);
  for_each_cell("multigrid.weights", grid.cells, detail::Weights<Real>{merging, fine.faces, weights, grid.dimensions});
  HaloExchange<Real>(grid, grid.dimensions).exchange(weights);
  return weights;
}

template <class Real>
void prolong_and_add(const Merging& merging, const Grid& fine_grid, const StateView<Real>& weights,
                     const StateView<Real>& coarse, const StateView<Real>& fine) {
  with_dimensions(fine_grid.dimensions, [&](auto d) {
    for_each_cell("multigrid.prolong", fine_grid.cells, detail::Prolong<Real, d>{merging, weights, coarse, fine});
  });
}

template <class Real>
void restrict_to(const Merging& merging, const Grid& coarse_grid, const StateView<Real>& weights,
                 const StateView<Real>& fine, const StateView<Real>& coarse) {
  const auto restrict_along_x = [&](auto d, auto merged) {
    for_each_cell("multigrid.restrict", coarse_grid.cells,
                  detail::Restrict<Real, d, merged>{merging, weights, fine, coarse});
  };
  with_dimensions(coarse_grid.dimensions, [&](auto d) {
    if (merging.factor[2] == 2) restrict_along_x(d, std::true_type());
    else restrict_along_x(d, std::false_type());
  });
}

template std::array<bool, 3> axes_to_merge(const Grid&, const Conductances<float>&, double);
template Conductances<float> coarse_conductances(const Merging&, const Conductances<float>&,
                                                 const StateView<float>&, const Grid&);
template StateView<float> interpolation_weights(const Merging&, const Conductances<float>&, const Grid&);
template void prolong_and_add(const Merging&, const Grid&, const StateView<float>&, const StateView<float>&,
                              const StateView<float>&);
template void restrict_to(const Merging&, const Grid&, const StateView<float>&, const StateView<float>&,
                          const StateView<float>&);
template std::array<bool, 3> axes_to_merge(const Grid&, const Conductances<double>&, double);
template Conductances<double> coarse_conductances(const Merging&, const Conductances<double>&,
                                                  const StateView<double>&, const Grid&);
template StateView<double> interpolation_weights(const Merging&, const Conductances<double>&, const Grid&);
template void prolong_and_add(const Merging&, const Grid&, const StateView<double>&, const StateView<double>&,
                              const StateView<double>&);
template void restrict_to(const Merging&, const Grid&, const StateView<double>&, const StateView<double>&,
                          const StateView<double>&);

}  // namespace marea::multigrid
