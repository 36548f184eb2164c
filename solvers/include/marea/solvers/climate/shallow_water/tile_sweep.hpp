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

/// How a box is cut: the largest extents of a tile in cells, without its rim. A tile loads four rows more than it has and
/// predicts two, so low ones are only for boxes that would else leave a device idle.
struct Tiles {
  static constexpr int lowest = 2, highest = 32;
  int columns, rows;
  KOKKOS_FORCEINLINE_FUNCTION int across(const Box& box) const { return (box.count(2) + columns - 1) / columns; }
  KOKKOS_FORCEINLINE_FUNCTION int along(const Box& box) const { return (box.count(1) + rows - 1) / rows; }
  KOKKOS_FORCEINLINE_FUNCTION int count(const Box& box) const { return across(box) * along(box); }
  /// Cells of one tile of the box.
  KOKKOS_FORCEINLINE_FUNCTION Box tile(const Box& box, int number) const {
    const int i = box.begin[2] + number % across(box) * columns, j = box.begin[1] + number / across(box) * rows;
    return {{box.begin[0], j, i},
            {box.end[0], limiters::smaller(j + rows, box.end[1]), limiters::smaller(i + columns, box.end[2])}};
  }
};

/// One number a tile: not 0 where one of its cells drains.
using TileFlags = Kokkos::View<int*, Device::memory_space>;

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

/// The step without the draining limit, each cell's drain factor, and which tiles drain.
template <class Limiter, class Riemann, class Real> struct TileSweep {
  using Team = Kokkos::TeamPolicy<Device>::member_type;
  using Rows = TileRows<Real>;

  StepConstants<Real> c;
  StepFields<Real> q;
  Box box;
  Tiles tiles;
  TileFlags drains;

  /// In turn j, row j - 1 is updated, row j + 1 predicted and row j + 2 loaded. A column reads of its neighbours what
  /// they wrote a turn before, so that one barrier a turn is enough. What comes from the device's memory is asked for
  /// first, so that the turn's arithmetic goes on meanwhile.
  KOKKOS_INLINE_FUNCTION void operator()(const Team& team) const {
    const Box tile = tiles.tile(box, team.league_rank());
    const int i0 = tile.begin[2], n = tile.count(2), j0 = tile.begin[1], j1 = tile.end[1];
    int& flag = drains(team.league_rank());
    const Rows rows{static_cast<Real*>(team.team_shmem().get_shmem(int{Rows::bytes}))};
    const auto lanes = Kokkos::TeamThreadRange(team, n + 2 * Rows::rim);
    Kokkos::parallel_for(lanes, [&](int lane) {
      if (lane == 0) flag = 0;
      load(rows, j0 - 2, i0, lane - Rows::rim);
      load(rows, j0 - 1, i0, lane - Rows::rim);
    });
    team.team_barrier();
    for (int j = j0 - 2; j <= j1; ++j) {
      Kokkos::parallel_for(lanes, [&](int lane) {
        const int i = lane - Rows::rim;
        const bool last = j == j1, updates = j > j0 && i >= 0 && i < n;
        Stored ahead{}, before{};
        if (!last) ahead = stored(j + 2, i0 + i);
        if (updates) before = stored(j - 1, i0 + i);
        if (!last && j >= j0 && i >= 0 && i <= n) {
          rows.x_face(j).set(i, face_flux<Riemann>(rows.east(j)(i - 1), rows.west()(i), c.gravity));
        }
        if (updates && update(rows, j - 1, i0, i, before)) flag = 1;
        if (last) return;
        rows.cells(j + 2).set(i, primitive_of(ahead));
        if (i >= -1 && i <= n) predict_row(rows, j + 1, i, j + 1 >= j0);
      });
      team.team_barrier();
    }
  }

 private:
  /// A cell as it lies in the device's memory.
  struct Stored {
    Real h, hu, hv, bed;
  };
  KOKKOS_FORCEINLINE_FUNCTION Stored stored(int j, int i) const {
    const std::ptrdiff_t k = j * q.pitch + i;
    return {q.h[k], q.hu[k], q.hv[k], q.bed[k]};
  }
  KOKKOS_FORCEINLINE_FUNCTION Primitive<Real> primitive_of(const Stored& cell) const {
    return primitive(cell.h, cell.hu, cell.hv, cell.bed, c.dry_depth);
  }
  KOKKOS_FORCEINLINE_FUNCTION void load(const Rows& rows, int j, int i0, int i) const {
    rows.cells(j).set(i, primitive_of(stored(j, i0 + i)));
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

  /// \return whether the cell drains.
  KOKKOS_FORCEINLINE_FUNCTION bool update(const Rows& rows, int j, int i0, int i, const Stored& before) const {
    const std::ptrdiff_t k = j * q.pitch + i0 + i;
    const FaceFlux<Real> west = rows.x_face(j)(i), east = rows.x_face(j)(i + 1), south = rows.y_face(j)(i),
                         north = rows.y_face(j + 1)(i);
    const Increment<Real> d = increment(c, west, east, south, north, rows.push(j).x[i], rows.push(j).y[i]);
    q.out_h[k] = before.h + d.h;
    q.out_hu[k] = before.hu + d.hu;
    q.out_hv[k] = before.hv + d.hv;
    const Real factor = drain_factor(drained_volume(c, west.mass, east.mass, south.mass, north.mass), before.h);
    q.drain[k] = factor;
    return factor < Real(1);
  }
};

/// The draining limit in the tiles where they or their neighbours drain.
template <class Limiter, class Riemann, class Real> struct LimitTile {
  using Team = Kokkos::TeamPolicy<Device>::member_type;

  PointScheme<Limiter, Riemann, Real> point;
  Box box, inside;  ///< what the tiles cover; where the limit is applied
  Tiles tiles;
  TileFlags drains;

  KOKKOS_INLINE_FUNCTION void operator()(const Team& team) const {
    if (!drains_near(team.league_rank() % tiles.across(box), team.league_rank() / tiles.across(box))) return;
    const Box tile = tiles.tile(box, team.league_rank());
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, tile.count(1) * tile.count(2)), [&](int cell) {
      const int j = tile.begin[1] + cell / tile.count(2), i = tile.begin[2] + cell % tile.count(2);
      const bool in = j >= inside.begin[1] && j < inside.end[1] && i >= inside.begin[2] && i < inside.end[2];
      if (in) point.limit_draining(j, i);
    });
  }

 private:
  KOKKOS_FORCEINLINE_FUNCTION bool drains_near(int column, int row) const {
    const int across = tiles.across(box), along = tiles.along(box);
    for (int y = limiters::larger(row - 1, 0); y <= limiters::smaller(row + 1, along - 1); ++y) {
      for (int x = limiters::larger(column - 1, 0); x <= limiters::smaller(column + 1, across - 1); ++x) {
        if (drains(y * across + x)) return true;
      }
    }
    return false;
  }
};

/// Tiles as wide as a team, and as high as leaves each processor of the device a few teams.
template <class Real> Tiles choose_tiles(const Box& box) {
  constexpr int teams_a_processor = 4, threads_a_processor = 2048;
  const int across = Tiles{TileRows<Real>::most_columns, 1}.across(box);
  const int teams = std::max(1, concurrency() / threads_a_processor * teams_a_processor);
  return {(box.count(2) + across - 1) / across, std::clamp(box.count(1) * across / teams, Tiles::lowest, Tiles::highest)};
}

/// As many tiles as choose_tiles ever cuts a box, or one inside it, into.
template <class Real> int most_tiles(const Box& box) {
  return Tiles{TileRows<Real>::most_columns, Tiles::lowest}.count(box);
}

/// One step over `cells` and its end by `finish`, as a StepKernel does; `drains` has a place for every tile.
/// \return the largest signal speed.
template <class Limiter, class Riemann, class Real>
Real tiled_step(const StepConstants<Real>& c, const StepFields<Real>& q, const Cells& cells, const Box& box,
                const Finish<Real>& finish, const Tiles& tiles, const TileFlags& drains) {
  using Policy = Kokkos::TeamPolicy<Device>;
  using Rows = TileRows<Real>;
  constexpr bool on_host = std::is_same_v<Device, Kokkos::DefaultHostExecutionSpace>;
  const int teams = tiles.count(box), threads = on_host ? 1 : Rows::lanes;
  Kokkos::parallel_for("shallow_water.sweep",
                       Policy(teams, threads).set_scratch_size(0, Kokkos::PerTeam(int{Rows::bytes})),
                       TileSweep<Limiter, Riemann, Real>{c, q, box, tiles, drains});
  Kokkos::parallel_for("shallow_water.drain", Policy(teams, threads),
                       LimitTile<Limiter, Riemann, Real>{{c, q}, box, interior(cells), tiles, drains});
  return static_cast<Real>(local_max("shallow_water.finish", cells, FinishCell<Real>{finish}));
}

}  // namespace marea::shallow_water
