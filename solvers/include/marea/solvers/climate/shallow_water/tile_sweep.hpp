// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <marea/solvers/climate/shallow_water/finish.hpp>
#include <marea/solvers/climate/shallow_water/step.hpp>
#include <marea/solvers/climate/shallow_water/sweep.hpp>
#include <marea/solvers/grid/reduce.hpp>

// One step on a GPU: the box is cut into tiles; a team of threads, one a column, marches up the rows of each. A row's
// primitive variables, ends and fluxes stand in the team's scratch memory, where neighbours find them, so that each cell
// is predicted and each face computed once but for the rim of a tile.
// The plain form of the same arithmetic is PointScheme of shallow_water/step.hpp: same bits.
namespace marea::shallow_water {

/// Largest extents of a tile in cells, without its rim.
struct Tiles {
  int columns, rows;
};

/// The rows that a tile has at hand. Element 0 of a row is the first cell of the tile; two more stand on either side.
/// Row indices count ghosts, so they are never negative.
template <class Real> struct TileRows {
  static constexpr int lanes = 96, rim = 2;
  static constexpr int most_columns = lanes - 2 * rim;
  static constexpr int count = 48;
  static constexpr int bytes = static_cast<int>(sizeof(Real)) * count * lanes;
  Real* first;

  KOKKOS_FORCEINLINE_FUNCTION Real* row(int n) const { return first + n * lanes + rim; }
  template <class Row> KOKKOS_FORCEINLINE_FUNCTION Row rows_of(int n) const {
    return {row(n), row(n + 1), row(n + 2), row(n + 3)};
  }
  using Cells = detail::PrimitiveRow<Real>;
  using Faces = detail::FaceRow<Real>;
  using Fluxes = detail::FluxRow<Real>;
  KOKKOS_FORCEINLINE_FUNCTION Cells cells(int j) const { return rows_of<Cells>(4 * (j % 3)); }
  KOKKOS_FORCEINLINE_FUNCTION Faces east(int j) const { return rows_of<Faces>(12 + 4 * (j % 2)); }
  KOKKOS_FORCEINLINE_FUNCTION Faces west() const { return rows_of<Faces>(20); }
  KOKKOS_FORCEINLINE_FUNCTION Faces north() const { return rows_of<Faces>(24); }
  /// Face i stands between cells i - 1 and i of row j.
  KOKKOS_FORCEINLINE_FUNCTION Fluxes x_face(int j) const { return rows_of<Fluxes>(28 + 4 * (j % 2)); }
  /// Between rows j - 1 and j.
  KOKKOS_FORCEINLINE_FUNCTION Fluxes y_face(int j) const { return rows_of<Fluxes>(36 + 4 * (j % 2)); }
  KOKKOS_FORCEINLINE_FUNCTION detail::PushRow<Real> push(int j) const {
    const int n = 44 + 2 * (j % 2);
    return {row(n), row(n + 1)};
  }
};

/// The step without the draining limit, and each cell's drain factor.
template <class Limiter, class Riemann, class Real> struct TileSweep {
  using Policy = Kokkos::TeamPolicy<Device>;
  using Team = typename Policy::member_type;
  using Rows = TileRows<Real>;

  StepConstants<Real> c;
  StepFields<Real> q;
  Box box;
  Tiles tiles;
  int across;  ///< tiles side by side

  /// In turn j, row j - 1 is updated, row j + 1 predicted and row j + 2 loaded. A column reads of its neighbours what
  /// they wrote a turn before, so that one barrier a turn is enough.
  KOKKOS_INLINE_FUNCTION void operator()(const Team& team) const {
    const int i0 = box.begin[2] + team.league_rank() % across * tiles.columns,
              j0 = box.begin[1] + team.league_rank() / across * tiles.rows;
    const int n = limiters::smaller(tiles.columns, box.end[2] - i0),
              j1 = limiters::smaller(j0 + tiles.rows, box.end[1]);
    const Rows rows{static_cast<Real*>(team.team_shmem().get_shmem(int{Rows::bytes}))};
    const auto lanes = Kokkos::TeamThreadRange(team, n + 2 * Rows::rim);
    Kokkos::parallel_for(lanes, [&](int lane) {
      load(rows, j0 - 2, i0, lane - Rows::rim);
      load(rows, j0 - 1, i0, lane - Rows::rim);
    });
    team.team_barrier();
    for (int j = j0 - 2; j <= j1; ++j) {
      Kokkos::parallel_for(lanes, [&](int lane) {
        const int i = lane - Rows::rim;
        if (j > j0 && i >= 0 && i < n) update(rows, j - 1, i0, i);
        if (j == j1) return;
        if (j >= j0 && i >= 0 && i <= n) {
          rows.x_face(j).set(i, face_flux<Riemann>(rows.east(j)(i - 1), rows.west()(i), c.gravity));
        }
        load(rows, j + 2, i0, i);
        if (i >= -1 && i <= n) predict_row(rows, j + 1, i, j + 1 >= j0);
      });
      team.team_barrier();
    }
  }

 private:
  KOKKOS_FORCEINLINE_FUNCTION void load(const Rows& rows, int j, int i0, int i) const {
    const std::ptrdiff_t k = j * q.pitch + i0 + i;
    rows.cells(j).set(i, primitive(q.h[k], q.hu[k], q.hv[k], q.bed[k], c.dry_depth));
  }

  /// Row j half a step on and, where `face`, the flux from row j - 1.
  KOKKOS_FORCEINLINE_FUNCTION void predict_row(const Rows& rows, int j, int i, bool face) const {
    const typename Rows::Cells here = rows.cells(j);
    const PredictedCell<Real> cell =
        predict<Limiter>(c, here(i), here(i - 1), here(i + 1), rows.cells(j - 1)(i), rows.cells(j + 1)(i));
    if (face) rows.y_face(j).set(i, face_flux<Riemann>(rows.north()(i), cell.y.low, c.gravity));
    rows.north().set(i, cell.y.high);
    rows.west().set(i, cell.x.low);
    rows.east(j).set(i, cell.x.high);
    rows.push(j).set(i, cell.push_x, cell.push_y);
  }

  KOKKOS_FORCEINLINE_FUNCTION void update(const Rows& rows, int j, int i0, int i) const {
    const std::ptrdiff_t k = j * q.pitch + i0 + i;
    const FaceFlux<Real> west = rows.x_face(j)(i), east = rows.x_face(j)(i + 1), south = rows.y_face(j)(i),
                         north = rows.y_face(j + 1)(i);
    const Increment<Real> d = increment(c, west, east, south, north, rows.push(j).x[i], rows.push(j).y[i]);
    const Real depth = q.h[k];
    q.out_h[k] = depth + d.h;
    q.out_hu[k] = q.hu[k] + d.hu;
    q.out_hv[k] = q.hv[k] + d.hv;
    q.drain[k] = drain_factor(drained_volume(c, west.mass, east.mass, south.mass, north.mass), depth);
  }
};

/// The draining limit, cell by cell: few do more than look at five factors.
template <class Scheme> struct LimitDraining {
  Scheme point;
  KOKKOS_INLINE_FUNCTION void operator()(int, int j, int i) const { point.limit_draining(j, i); }
};

/// Tiles as wide as a team, and as high as leaves each processor of the device a few teams: at most 32 rows, for a tile
/// loads four rows more than it has and predicts two.
template <class Real> Tiles choose_tiles(const Box& box) {
  constexpr int lowest = 4, highest = 32, teams_a_processor = 4, threads_a_processor = 2048;
  const int across = (box.count(2) + TileRows<Real>::most_columns - 1) / TileRows<Real>::most_columns;
  const int teams = std::max(1, concurrency() / threads_a_processor * teams_a_processor);
  return {(box.count(2) + across - 1) / across, std::clamp(box.count(1) * across / teams, lowest, highest)};
}

/// One step over `cells` and its end by `finish`, as a StepKernel does. \return the largest signal speed.
template <class Limiter, class Riemann, class Real>
Real tiled_step(const StepConstants<Real>& c, const StepFields<Real>& q, const Cells& cells, const Box& box,
                const Finish<Real>& finish, const Tiles& tiles) {
  using Sweep = TileSweep<Limiter, Riemann, Real>;
  using Scheme = PointScheme<Limiter, Riemann, Real>;
  using Rows = TileRows<Real>;
  constexpr bool on_host = std::is_same_v<Device, Kokkos::DefaultHostExecutionSpace>;
  const int across = (box.count(2) + tiles.columns - 1) / tiles.columns,
            along = (box.count(1) + tiles.rows - 1) / tiles.rows;
  typename Sweep::Policy policy(across * along, on_host ? 1 : Rows::lanes);
  policy.set_scratch_size(0, Kokkos::PerTeam(Rows::bytes));
  Kokkos::parallel_for("shallow_water.sweep", policy, Sweep{c, q, box, tiles, across});
  for_each_cell("shallow_water.drain", cells, LimitDraining<Scheme>{Scheme{c, q}});
  return static_cast<Real>(local_max("shallow_water.finish", cells, FinishCell<Real>{finish}));
}

}  // namespace marea::shallow_water
