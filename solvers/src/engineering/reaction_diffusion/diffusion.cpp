// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/reaction_diffusion/diffusion.hpp>

#include <algorithm>

#include <marea/solvers/grid/boundary.hpp>
#include <marea/solvers/grid/convert.hpp>
#include <marea/solvers/grid/reduce.hpp>

namespace marea::reaction_diffusion {
namespace detail {

/// D Laplace(q) where nothing differs from cell to cell; ghosts mirror the interior.
template <class Real, int dimensions> struct UniformRate {
  StateView<Real> q;
  Kokkos::Array<Real, 3> factor;  ///< D / dx^2 per axis (k, j, i)
  template <int axis> KOKKOS_FORCEINLINE_FUNCTION Real along(Cell c) const {
    constexpr int dk = axis == 0, dj = axis == 1, di = axis == 2;
    return factor[axis] *
           (q(0, c.k - dk, c.j - dj, c.i - di) - Real(2) * q(0, c.k, c.j, c.i) + q(0, c.k + dk, c.j + dj, c.i + di));
  }
  KOKKOS_FORCEINLINE_FUNCTION Real operator()(Cell c) const {
    Real sum = along<2>(c);
    if constexpr (dimensions > 1) sum += along<1>(c);
    if constexpr (dimensions > 2) sum += along<0>(c);
    return sum;
  }
};

/// What the diagonal of the tensor brings into a cell, by its faces.
template <class Real, int dimensions> struct FaceRate {
  StateView<Real> q, faces;
  template <int axis> KOKKOS_FORCEINLINE_FUNCTION Real along(Cell c) const {
    constexpr int a = axis - (3 - dimensions), dk = axis == 0, dj = axis == 1, di = axis == 2;
    const Real here = q(0, c.k, c.j, c.i);
    return faces(a, c.k + dk, c.j + dj, c.i + di) * (q(0, c.k + dk, c.j + dj, c.i + di) - here) -
           faces(a, c.k, c.j, c.i) * (here - q(0, c.k - dk, c.j - dj, c.i - di));
  }
  KOKKOS_FORCEINLINE_FUNCTION Real operator()(Cell c) const {
    Real sum = along<2>(c);
    if constexpr (dimensions > 1) sum += along<1>(c);
    if constexpr (dimensions > 2) sum += along<0>(c);
    return sum;
  }
};

/// What the rest of it brings: through a face along a, K_ab of its two cells times their central difference along b.
/// Nothing passes a face that does not conduct. Ghosts beyond the ends go on linearly.
template <class Real, int dimensions> struct CrossRate {
  StateView<Real> q, faces, cross;
  Kokkos::Array<Real, 3> factor;  ///< 1 / (dx_a dx_b 8) for (1, 2), (0, 2), (0, 1), by the axis that is neither

  template <int b> KOKKOS_FORCEINLINE_FUNCTION Real difference(Cell c) const {
    constexpr int dk = b == 0, dj = b == 1, di = b == 2;
    return q(0, c.k + dk, c.j + dj, c.i + di) - q(0, c.k - dk, c.j - dj, c.i - di);
  }
  /// Through the low face of c along a.
  template <int a, int b> KOKKOS_FORCEINLINE_FUNCTION Real flux(Cell c) const {
    const int v = cross_variable(a < b ? a : b, a < b ? b : a, dimensions);
    const Cell l{c.k - (a == 0), c.j - (a == 1), c.i - (a == 2)};
    const bool conducts = faces(a - (3 - dimensions), c.k, c.j, c.i) > Real(0);
    const Real k = cross(v, l.k, l.j, l.i) + cross(v, c.k, c.j, c.i);
    return conducts ? k * (difference<b>(l) + difference<b>(c)) : Real(0);
  }
  template <int a, int b> KOKKOS_FORCEINLINE_FUNCTION Real pair(Cell c) const {
    const Cell i{c.k + (a == 0), c.j + (a == 1), c.i + (a == 2)}, j{c.k + (b == 0), c.j + (b == 1), c.i + (b == 2)};
    return factor[3 - a - b] * (flux<a, b>(i) - flux<a, b>(c) + flux<b, a>(j) - flux<b, a>(c));
  }
  KOKKOS_FORCEINLINE_FUNCTION Real operator()(Cell c) const {
    Real sum = pair<1, 2>(c);
    if constexpr (dimensions > 2) sum += pair<0, 2>(c) + pair<0, 1>(c);
    return sum;
  }
};

template <class Real, int dimensions> struct TensorRate {
  FaceRate<Real, dimensions> diagonal;
  CrossRate<Real, dimensions> rest;
  KOKKOS_FORCEINLINE_FUNCTION Real operator()(Cell c) const { return diagonal(c) + rest(c); }
};

/// to += factor times the rate.
template <class Rate> struct AddRate {
  Rate rate;
  StateView<double> to;
  double factor;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    to(0, k, j, i) += factor * rate(Cell{k, j, i});
  }
};

/// A ghost on the line through the two cells inside.
template <class Real> struct LinearGhost {
  StateView<Real> q;
  KOKKOS_INLINE_FUNCTION void operator()(const GhostCell& g) const {
    const int dk = (g.nk - g.k) / g.depth, dj = (g.nj - g.j) / g.depth, di = (g.ni - g.i) / g.depth;
    const Real near = q(0, g.nk, g.nj, g.ni);
    q(0, g.k, g.j, g.i) = near + Real(g.depth) * (near - q(0, g.nk + dk, g.nj + dj, g.ni + di));
  }
};

/// Sum of T over the faces of a cell.
struct FaceSum {
  StateView<double> faces;
  int dimensions;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    double sum = 0;
    for (int axis = 3 - dimensions; axis < 3; ++axis)
      sum += faces(axis - (3 - dimensions), k, j, i) +
             faces(axis - (3 - dimensions), k + (axis == 0), j + (axis == 1), i + (axis == 2));
    return sum;
  }
};

}  // namespace detail

namespace {

template <class Real> void fill_linear(const Grid& grid, const StateView<Real>& q) {
  fill_boundaries(grid, q, Reflection{}, [&](Side side) {
    for_each_ghost("reaction_diffusion.linear", grid.cells, side, detail::LinearGhost<Real>{q});
    return true;
  });
}

/// A copy with its ghosts.
template <class Real> StateView<Real> copy_of(const StateView<double>& from, const Grid& grid, double factor) {
  const int variables = static_cast<int>(from.extent(0));
  const auto to = make_state<Real>("reaction_diffusion.copy", grid, variables);
  for_each_cell("reaction_diffusion.copy", interior(grid.cells, multigrid::ghost_layers),
                Convert<double, Real>{from, to, variables, factor});
  return to;
}

template <class Real> Kokkos::Array<Real, 3> cross_factors(const Grid& grid, double scale) {
  const double* d = grid.cells.spacing;
  return {Real(scale / (8 * d[1] * d[2])), Real(scale / (8 * d[0] * d[2])), Real(scale / (8 * d[0] * d[1]))};
}

/// Adds the off-diagonal terms of the tissue to what flows into cells.
void add_cross(const Grid& grid, const Tissue& tissue, double scale, const StateView<double>& u,
               const StateView<double>& to) {
  fill_linear(grid, u);
  const auto add = [&](auto d) {
    if constexpr (d > 1) {
      using Rate = detail::CrossRate<double, d>;
      const Rate rate{u, tissue.conductances.faces, tissue.cross, cross_factors<double>(grid, 1)};
      for_each_cell("reaction_diffusion.cross", grid.cells, detail::AddRate<Rate>{rate, to, scale});
    }
  };
  multigrid::with_dimensions(grid.dimensions, add);
}

}  // namespace

template <class Real>
Diffusion<Real>::Diffusion(const Grid& grid, const Tissue& tissue, double diffusivity, bool implicit, double tolerance)
    : grid_(grid), tissue_(tissue), diffusivity_(diffusivity), tolerance_(tolerance), halo_(grid, 1) {
  const double volume = multigrid::cell_volume(grid);
  if (implicit) {
    none_ = make_state<double>("reaction_diffusion.none", grid, 1);
    work_ = make_state<double>("reaction_diffusion.work", grid, 1);
    const auto capacity = make_state<double>("reaction_diffusion.capacity", grid, 1);
    Kokkos::deep_copy(capacity, volume);
    multigrid::CrossTerms cross;
    if (tissue_.cross.extent(0) > 0)
      cross = [grid, tissue, scale = diffusivity * volume](const StateView<double>& u, const StateView<double>& to) {
        add_cross(grid, tissue, scale, u, to);
      };
    implicit_ = std::make_unique<multigrid::ImplicitStep>(
        grid, multigrid::scaled<double>(grid, tissue_.conductances, diffusivity), capacity, true, cross);
    return;
  }
  explicit_ = std::make_unique<Rkl2Stepper<Real>>(grid);
  const double most = max_over_ranks(grid, local_max("reaction_diffusion.faces", grid.cells,
                                                     detail::FaceSum{tissue_.conductances.faces, grid.dimensions}));
  const double safety = tissue_.cross.extent(0) > 0 ? 0.8 : 0.95;  // off-diagonal terms add up to an eighth in 3-D
  euler_ = safety * volume / (diffusivity * most);
  if (tissue_.uniform) return;
  faces_ = copy_of<Real>(tissue_.conductances.faces, grid, diffusivity / volume);
  cross_ = tissue_.cross.extent(0) > 0 ? copy_of<Real>(tissue_.cross, grid, diffusivity) : StateView<Real>();
}

template <class Real> void Diffusion<Real>::step(const StateView<Real>& q, double dt) {
  if (!(diffusivity_ > 0)) return;
  if (implicit_)
    step_implicit(q, dt);
  else
    step_explicit(q, dt);
}

template <class Real> void Diffusion<Real>::fill(const StateView<Real>& q) {
  halo_.exchange(q);
  if (tissue_.uniform)
    fill_boundaries(grid_, q, Reflection{});
  else if (cross_.extent(0) > 0)
    fill_linear(grid_, q);
}

template <class Real> void Diffusion<Real>::step_explicit(const StateView<Real>& q, double dt) {
  const int stages = Rkl2::stages(dt / euler_);
  const auto filled = [&](const StateView<Real>& y) { fill(y); };
  const auto run = [&](const auto& rate) { explicit_->step(q, dt, stages, filled, rate); };
  multigrid::with_dimensions(grid_.dimensions, [&](auto d) {
    if (tissue_.uniform) {
      Kokkos::Array<Real, 3> factor{};
      for (int a = 0; a < 3; ++a) factor[a] = Real(diffusivity_ / (grid_.cells.spacing[a] * grid_.cells.spacing[a]));
      run([&](const StateView<Real>& y) { return detail::UniformRate<Real, d>{y, factor}; });
    } else if (cross_.extent(0) == 0) {
      run([&](const StateView<Real>& y) { return detail::FaceRate<Real, d>{y, faces_}; });
    } else if constexpr (d > 1) {
      run([&](const StateView<Real>& y) {
        return detail::TensorRate<Real, d>{{y, faces_}, {y, faces_, cross_, cross_factors<Real>(grid_, 1)}};
      });
    }
  });
}

template <class Real> void Diffusion<Real>::step_implicit(const StateView<Real>& q, double dt) {
  for_each_cell("reaction_diffusion.in", grid_.cells, Convert<Real, double>{q, work_});
  implicit_->step(none_, work_, dt, tolerance_);
  for_each_cell("reaction_diffusion.out", grid_.cells, Convert<double, Real>{work_, q});
}

template class Diffusion<double>;
template class Diffusion<float>;

}  // namespace marea::reaction_diffusion
