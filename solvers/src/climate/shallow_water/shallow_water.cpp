// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <marea/io/collective.hpp>
#include <marea/io/where_of.hpp>
#include <marea/solvers/climate/shallow_water/setup.hpp>
#include <marea/solvers/grid/reduce.hpp>
#include <marea/solvers/time_step.hpp>

namespace marea {

using namespace shallow_water;

namespace {

const OptionTree& table_of(const OptionTree& case_file, std::string_view key) {
  static const OptionTree none{OptionTree::Table{}};
  const OptionTree* table = case_file.find(key);
  return table ? *table : none;
}

Options options_of(const OptionTree& case_file) {
  Options options;
  read_options(options, table_of(case_file, "solver"), "solver", {"name"});
  return options;
}

Grid grid_of(const OptionTree& case_file, const InflowWave& inflow, int ghost, MPI_Comm comm) {
  Grid grid = make_grid(case_file, ghost, comm, own_boundary_names());
  if (grid.dimensions != 2) {
    const GridOptions& o = grid.options;
    fail<ConfigError>(where_of(case_file, grid.dimensions == 1 ? "grid.ny" : "grid.nz"),
                      "shallow_water needs two dimensions: nx and ny > 0, nz = 0; got nx = ", o.nx, ", ny = ", o.ny,
                      ", nz = ", o.nz);
  }
  for (std::size_t axis = 0; axis < grid.info.boundary.size(); ++axis) {
    const auto& ends = grid.info.boundary[axis];
    if (std::count(ends.begin(), ends.end(), "inflow") && !inflow.given()) {
      fail<ConfigError>(where_of(case_file, "grid.boundary_" + grid.info.axis_names[axis]),
                        "a boundary of kind inflow needs solver.inflow.file");
    }
  }
  return grid;
}

}  // namespace

template <class Real>
ShallowWater<Real>::ShallowWater(const OptionTree& case_file, MPI_Comm comm)
    : options_(options_of(case_file)), initial_(table_of(case_file, "initial")), inflow_(options_.inflow),
      grid_(grid_of(case_file, inflow_, ghost, comm)), gauges_(read_gauges(options_.gauges, grid_.options), grid_),
      state_(make_state<Real>("shallow_water.state", grid_, 3)),
      start_(make_state<Real>("shallow_water.start", grid_, 3)), bed_(make_state<Real>("shallow_water.bed", grid_, 1)),
      drain_(make_state<Real>("shallow_water.drain", grid_, 1)),
      diagnostics_(make_state<Real>("shallow_water.diagnostics", grid_, 3)), halo_(grid_, 3),
      kernel_(step_kernel<Real>(options_.order == 1 ? "none" : options_.limiter, options_.riemann)),
      workspace_(grid_.cells) {
  Kokkos::deep_copy(drain_, Real(1));
  load_bed();
  set_initial_state();
  Kokkos::deep_copy(diagnostics_, -std::numeric_limits<Real>::max());
  observe();
  record_gauges();
}

template <class Real> void ShallowWater<Real>::load_bed() {
  // All ranks see an error of one before they wait for its halo.
  run_collectively(grid_.info.comm, [&] {
    upload<Real>(read_bed(options_.bathymetry, grid_.info), bed_, 0, grid_.cells);
  });
  HaloExchange<Real>(grid_, 1).exchange(bed_);
  mirror_bed(grid_, bed_);
}

template <class Real> void ShallowWater<Real>::set_initial_state() {
  HostArray bed(DType::f64, {grid_.cells.count(1), grid_.cells.count(2)});
  read("bathymetry", bed.ref());
  const std::vector<HostArray> fields = read_initial(initial_, options_.gravity, bed, grid_.info);
  for (int n = 0; n < 3; ++n) upload<Real>(fields[n], state_, n, grid_.cells);
}

template <class Real> void ShallowWater<Real>::fill_ghosts(const StateView<Real>& q, double time) {
  halo_.exchange(q);
  fill_boundaries(grid_, q, bed_, inflow_, Real(options_.gravity), time);
}

template <class Real> Finish<Real> ShallowWater<Real>::finish(double dt, double time) const {
  return {plane(state_, 0), plane(state_, 1), plane(state_, 2), plane(bed_, 0),
          plane(diagnostics_, 0), plane(diagnostics_, 1), plane(diagnostics_, 2),
          grid_.cells.extent(2), Real(options_.gravity), Real(options_.dry_depth),
          Real(1 / grid_.dx()), Real(1 / grid_.dy()),
          Real(dt * options_.gravity * options_.manning * options_.manning), Real(time),
          Real(options_.arrival_threshold)};
}

template <class Real> void ShallowWater<Real>::step(double dt) {
  check_time_step(name(), dt);
  fill_ghosts(state_, time_ + 0.5 * dt);  // faces see the boundary in the middle of the step
  if (held()) Kokkos::deep_copy(start_, state_);
  else std::swap(start_, state_);
  const double half_turn = 0.5 * dt * options_.coriolis;
  const StepConstants<Real> constants{Real(options_.gravity), Real(options_.dry_depth), Real(dt / grid_.dx()),
                                      Real(dt / grid_.dy()), Real(half_turn), Real(1 / (1 + half_turn * half_turn))};
  const StepFields<Real> fields{plane(start_, 0), plane(start_, 1), plane(start_, 2), plane(bed_, 0),
                                plane(state_, 0), plane(state_, 1), plane(state_, 2), plane(drain_, 0),
                                grid_.cells.extent(2)};
  Box with_neighbours = interior(grid_.cells);
  for (const int axis : {1, 2}) {
    with_neighbours.begin[axis] -= grid_.at_boundary(axis, 0) ? 0 : 1;
    with_neighbours.end[axis] += grid_.at_boundary(axis, 1) ? 0 : 1;
  }
  local_speed_ = kernel_(constants, fields, grid_.cells, with_neighbours, finish(dt, time_ + dt), workspace_);
  time_ += dt;
  ++steps_;
  stale_ = false;
  record_gauges();
  if (steps_ % finite_check_every == 0) global_speed();
}

template <class Real> double ShallowWater<Real>::global_speed() {
  const double speed = max_over_ranks(grid_, local_speed_);
  if (!std::isfinite(speed)) fail_not_finite();
  return speed;
}

template <class Real> double ShallowWater<Real>::stable_dt() {
  if (stale_ || held()) observe();
  const double cfl = steps_ < short_steps ? std::min(options_.cfl, short_cfl) : options_.cfl;
  return cfl / std::max(global_speed(), std::numeric_limits<double>::min());
}

template <class Real> void ShallowWater<Real>::observe() {
  const Finish<Real> end = finish(0, time_);
  local_speed_ = local_max("shallow_water.observe", grid_.cells, FinishCell<Real>{end});
  stale_ = false;
}

template <class Real> void ShallowWater<Real>::record_gauges() {
  if (gauges_.empty()) return;
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), state_);
  const auto bed = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), bed_);
  const int j0 = grid_.cells.begin[1], i0 = grid_.cells.begin[2];
  const Real dry = Real(options_.dry_depth);
  gauges_.record(time_, [&](int j, int i) {
    const auto at = [&](int n) { return host(n, 0, j0 + j, i0 + i); };
    const auto p = primitive(at(0), at(1), at(2), bed(0, 0, j0 + j, i0 + i), dry);
    return std::array<double, 3>{surface(at(0), bed(0, 0, j0 + j, i0 + i), dry), p.u, p.v};
  });
}

template <class Real> void ShallowWater<Real>::fail_not_finite() {
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), state_);
  const Cells& c = grid_.cells;
  double first = std::numeric_limits<double>::infinity();  // (field, j, i) as one number, exact below 2^53
  const double cells = static_cast<double>(c.global[1]) * static_cast<double>(c.global[2]);
  for (int n = 0; n < 3; ++n) {
    for (int j = c.begin[1]; j < c.end[1]; ++j) {
      for (int i = c.begin[2]; i < c.end[2]; ++i) {
        if (std::isfinite(host(n, 0, j, i))) continue;
        const double row = static_cast<double>(c.offset[1] + j - c.ghost[1]);
        const double column = static_cast<double>(c.offset[2] + i - c.ghost[2]);
        first = std::min(first, n * cells + row * static_cast<double>(c.global[2]) + column);
      }
    }
  }
  first = min_over_ranks(grid_, first);
  if (!std::isfinite(first)) fail<NumericalError>("shallow_water", "the signal speed overflows at t = ", time_, " s");
  const auto index = static_cast<std::int64_t>(first), plane = static_cast<std::int64_t>(cells);
  fail<NumericalError>("shallow_water", fields()[index / plane].name, " is not finite in cell (j = ",
                       index % plane / c.global[2], ", i = ", index % c.global[2], ") at t = ", time_, " s, step ",
                       steps_, "; try a smaller cfl or a larger dry_depth");
}

template <class Real> OptionTree ShallowWater<Real>::options() const {
  OptionTree tree{OptionTree::Table{}};
  tree["grid"] = write_options(grid_.options);
  tree["solver"] = OptionTree::Table{{"name", OptionTree("shallow_water")}};
  const OptionTree own = write_options(options_);
  for (const auto& [key, value] : own.as_table()) tree["solver"][key] = value;
  tree["initial"] = initial_;
  return tree;
}

AnySolver make_shallow_water(const OptionTree& case_file, MPI_Comm comm) {
  if (options_of(case_file).precision == "single")
    return AnySolver(std::make_unique<ShallowWater<float>>(case_file, comm));
  return AnySolver(std::make_unique<ShallowWater<double>>(case_file, comm));
}

template class ShallowWater<double>;
template class ShallowWater<float>;

}  // namespace marea
