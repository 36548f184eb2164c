// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/multigrid/v_cycle.hpp>

#include <algorithm>
#include <utility>

#include <marea/solvers/numerics/multigrid/whole_grid.hpp>

namespace marea::multigrid {
namespace detail {

struct LargestFace {
  StateView<double> faces;
  int variables;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    double largest = 0;
    for (int v = 0; v < variables; ++v)
      if (faces(v, k, j, i) > largest) largest = faces(v, k, j, i);
    return largest;
  }
};

template <class Real> struct Scale {
  StateView<double> from;
  StateView<Real> to;
  double factor;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    to(0, c.k, c.j, c.i) = static_cast<Real>(factor * from(0, c.k, c.j, c.i));
  }
};

template <class Real> struct ScaleBack {
  StateView<Real> from;
  StateView<double> to;
  double factor;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    to(0, c.k, c.j, c.i) = factor * static_cast<double>(from(0, c.k, c.j, c.i));
  }
};

template <class Real, int dimensions> struct Residual {
  NeighbourSum<Real, Real, dimensions> neighbours;
  StateView<Real> diagonal, f, u, out;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    out(0, c.k, c.j, c.i) = f(0, c.k, c.j, c.i) + neighbours(c) - diagonal(0, c.k, c.j, c.i) * u(0, c.k, c.j, c.i);
  }
};

}  // namespace detail

namespace {

/// A level that is not merged along an axis must be smoothed along it by points: faces weaker than this share of the
/// strongest hardly count there.
constexpr double weak_share = 0.3;
constexpr std::int64_t cells_to_gather = 4096;
constexpr int fewest_cells = 4;  ///< of a rank along an axis: its ghosts, of the next level too

bool is_small(const Grid& grid) {
  const Cells& c = grid.cells;
  double fewest = fewest_cells;
  for (int a = 3 - grid.dimensions; a < 3; ++a) fewest = std::min(fewest, static_cast<double>(c.count(a)));
  return min_over_ranks(grid, fewest) < fewest_cells || c.global[0] * c.global[1] * c.global[2] <= cells_to_gather;
}

template <class Real>
Conductances<Real> whole_conductances(const Grid& grid, const Conductances<Real>& of, const Grid& whole) {
  const Conductances<Real> all = make_conductances<Real>(whole);
  gather_whole(grid, of.faces, whole, all.faces);
  gather_whole(grid, of.sink, whole, all.sink);
  exchange_faces(whole, all.faces);
  HaloExchange<Real>(whole, 1).exchange(all.sink);
  set_diagonal(whole, all);
  return all;
}

}  // namespace

template <class Real>
VCycle<Real>::Level::Level(Grid g, Conductances<Real> conductances)
    : grid(std::move(g)), of(std::move(conductances)), smoother(grid, of), halo(grid, 1),
      u(make_state<Real>("multigrid.u", grid, 1)), f(make_state<Real>("multigrid.f", grid, 1)),
      residual(make_state<Real>("multigrid.residual", grid, 1)) {}

template <class Real>
VCycle<Real>::VCycle(const Grid& grid, const Conductances<double>& of, int smoothing_steps)
    : smoothing_steps_(smoothing_steps) {
  const double largest = max_over_ranks(
      grid, local_max("multigrid.scale", grid.cells, detail::LargestFace{of.faces, grid.dimensions}));
  levels_.push_back(std::make_unique<Level>(grid, scaled<Real>(grid, of, largest > 0 ? 1 / largest : 1)));
  add_levels();
}

template <class Real>
void VCycle<Real>::add_levels() {
  while (true) {
    Level& fine = *levels_.back();
    if (fine.grid.size > 1 && is_small(fine.grid)) {
      fine.gather = true;
      const Grid whole = whole_grid(fine.grid);
      levels_.push_back(std::make_unique<Level>(whole, whole_conductances(fine.grid, fine.of, whole)));
      continue;
    }
    const std::array<bool, 3> merge = axes_to_merge(fine.grid, fine.of, weak_share);
    if (!merge[0] && !merge[1] && !merge[2]) return;
    const Grid coarse = coarse_grid(fine.grid, merge);
    fine.merging = merging_of(fine.grid, coarse, merge);
    fine.weights = interpolation_weights(fine.merging, fine.of, fine.grid);
    levels_.push_back(std::make_unique<Level>(
        coarse, coarse_conductances(fine.merging, fine.of, fine.weights, coarse)));
  }
}

template <class Real>
void VCycle<Real>::descend(std::size_t n) {
  Level& level = *levels_[n];
  if (n + 1 == levels_.size()) {
    level.smoother.smooth_zero(2 * smoothing_steps_, level.f, level.u, level.halo);
    return;
  }
  Level& next = *levels_[n + 1];
  if (level.gather) {
    gather_whole(level.grid, level.f, next.grid, next.f);
    descend(n + 1);
    take_part(level.grid, next.grid, next.u, level.u);
    return;
  }
  level.smoother.smooth_zero(smoothing_steps_, level.f, level.u, level.halo);
  level.halo.exchange(level.u);
  with_dimensions(level.grid.dimensions, [&](auto d) {
    for_each_cell("multigrid.residual", level.grid.cells,
                  detail::Residual<Real, d>{{level.of.faces, level.u}, level.of.diagonal, level.f, level.u,
                                              level.residual});
  });
  level.halo.exchange(level.residual);
  restrict_to(level.merging, next.grid, level.weights, level.residual, next.f);
  descend(n + 1);
  next.halo.exchange(next.u);
  prolong_and_add(level.merging, level.grid, level.weights, next.u, level.u);
  level.smoother.smooth(smoothing_steps_, level.f, level.u, level.halo);
}

template <class Real>
void VCycle<Real>::apply(const StateView<double>& r, double scale, const StateView<double>& z) {
  Level& finest = *levels_.front();
  for_each_cell("multigrid.scale", finest.grid.cells, detail::Scale<Real>{r, finest.f, 1 / scale});
  descend(0);
  for_each_cell("multigrid.scale_back", finest.grid.cells, detail::ScaleBack<Real>{finest.u, z, scale});
}

template class VCycle<float>;
template class VCycle<double>;

}  // namespace marea::multigrid
