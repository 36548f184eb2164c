// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <marea/io/collective.hpp>
#include <marea/io/where_of.hpp>
#include <marea/solvers/climate/shallow_water/initial.hpp>
#include <marea/solvers/climate/shallow_water/profiles.hpp>
#include <marea/solvers/grid/reduce.hpp>
#include <marea/solvers/parts/equations.hpp>
#include <marea/solvers/parts/finite_state.hpp>
#include <marea/solvers/parts/static_field.hpp>
#include <marea/solvers/time_step.hpp>

namespace marea {

using namespace shallow_water;

namespace {

constexpr const char* bed_option = "solver.bathymetry";

/// Without a table the lake is at rest at level 0.
OptionTree initial_of(const OptionTree& case_file) {
  const OptionTree& table = table_of(case_file, "initial");
  return table.as_table().empty() ? OptionTree(OptionTree::Table{{"profile", OptionTree("lake_at_rest")}}) : table;
}

/// A boundary takes in the wave, and the wave comes while the run lasts.
void require_inflow(const OptionTree& case_file, const InflowWave& inflow, const Grid& grid) {
  bool taken = false;
  for (std::size_t axis = 0; axis < grid.info.boundary.size(); ++axis) {
    const auto& ends = grid.info.boundary[axis];
    if (std::count(ends.begin(), ends.end(), "inflow") == 0) continue;
    taken = true;
    if (!inflow.given())
      fail<ConfigError>(where_of(case_file, "grid.boundary_" + grid.info.axis_names[axis]),
                        "a boundary of kind inflow needs solver.inflow.file");
  }
  if (!inflow.given()) return;
  if (!taken)
    fail<ConfigError>(where_of(case_file, "solver.inflow.file"), "no boundary takes in the wave: let one of ",
                      "boundary_x and boundary_y in [grid] be \"inflow\", or take the table out");
  const OptionTree* end = case_file.at_path("run.end_time");
  inflow.require_within(end ? end->as_double() : std::numeric_limits<double>::infinity());
}

Grid grid_of(const OptionTree& case_file, const InflowWave& inflow, int ghost, MPI_Comm comm) {
  Grid grid = make_grid(case_file, ghost, comm, own_boundary_names());
  if (grid.dimensions != 2) {
    const GridOptions& o = grid.options;
    fail<ConfigError>(where_of(case_file, grid.dimensions == 1 ? "grid.ny" : "grid.nz"),
                      "shallow_water needs two dimensions: nx and ny > 0, nz = 0; got nx = ", o.nx, ", ny = ", o.ny,
                      ", nz = ", o.nz);
  }
  require_inflow(case_file, inflow, grid);
  return grid;
}

}  // namespace

template <class Real>
ShallowWater<Real>::ShallowWater(const OptionTree& case_file, MPI_Comm comm)
    : options_(options_of<Options>(case_file)), initial_(initial_of(case_file)), inflow_(options_.inflow),
      grid_(grid_of(case_file, inflow_, ghost, comm)), state_(make_state<Real>("shallow_water.state", grid_, 3)),
      start_(make_state<Real>("shallow_water.start", grid_, 3)), bed_(make_state<Real>("shallow_water.bed", grid_, 1)),
      drain_(make_state<Real>("shallow_water.drain", grid_, 1)),
      diagnostics_(make_state<Real>("shallow_water.diagnostics", grid_, 3)), halo_(grid_, 3),
      kernel_(step_kernel<Real>(options_.order == 1 ? "none" : options_.limiter, options_.riemann)),
      workspace_(grid_.cells) {
  Kokkos::deep_copy(drain_, Real(1));
  // All ranks see an error of one before they wait for its halo.
  run_collectively(grid_.info.comm, [&] {
    require_inflow_used(options_, initial_);
    load_bed();
  });
  HaloExchange<Real>(grid_, 1).exchange(bed_);
  mirror_bed(grid_, bed_);
  set_initial_state();
  Kokkos::deep_copy(diagnostics_, -std::numeric_limits<Real>::max());
  observe();
}

template <class Real> std::vector<ProfileEntry> ShallowWater<Real>::profile_entries() {
  std::vector<ProfileEntry> all = InitialProfiles::entries("initial");
  const std::vector<ProfileEntry> beds = BedProfiles::entries(bed_option);
  all.insert(all.end(), beds.begin(), beds.end());
  return all;
}

template <class Real> void ShallowWater<Real>::load_bed() {
  const FieldInfo bed{"bathymetry", "m"};
  upload<Real>(read_static_field<BedProfiles>(options_.bathymetry, bed, bed_option, grid_), bed_, 0, grid_);
}

template <class Real> void ShallowWater<Real>::set_initial_state() {
  const HostArray bed = cells_of(grid_);
  const OutgoingField values(bed.ref(), grid_);
  marea::detail::put_field(grid_, values.array(), marea::detail::Variable<Real>{bed_, 0});
  values.finish();
  std::vector<HostArray> fields;
  run_collectively(grid_.info.comm, [&] { fields = read_initial(initial_, options_, bed, grid_); });
  require_depth(initial_, fields[0], grid_);
  for (int n = 0; n < 3; ++n) upload<Real>(fields[n], state_, n, grid_);
  warn_of_still_start(initial_, options_, fields, bed, grid_);
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
  check_time_step(name, dt);
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
  stale_ = held();  // what is held may be written until it is let go
  if (steps_ % finite_check_every == 0) global_speed();
}

template <class Real> double ShallowWater<Real>::global_speed() {
  const double speed = max_over_ranks(grid_, local_speed_);
  if (!std::isfinite(speed)) fail_not_finite<ShallowWater>(grid_, state_, time_);
  return speed;
}

template <class Real> double ShallowWater<Real>::stable_dt() {
  if (stale_) observe();
  const double cfl = steps_ < short_steps ? std::min(options_.cfl, short_cfl) : options_.cfl;
  return cfl / std::max(global_speed(), std::numeric_limits<double>::min());
}

template <class Real> void ShallowWater<Real>::observe() {
  const Finish<Real> end = finish(0, time_);
  local_speed_ = local_max("shallow_water.observe", grid_.cells, FinishCell<Real>{end});
  stale_ = held();  // what is held may be written until it is let go
}

template <class Real> OptionTree ShallowWater<Real>::options() const {
  OptionTree tree{OptionTree::Table{}};
  tree["grid"] = write_options(grid_.options);
  tree["solver"] = write_options(options_);
  tree["initial"] = initial_.find("file") ? initial_ : InitialProfiles::resolved(initial_, "initial");
  return tree;
}

template class ShallowWater<double>;
template class ShallowWater<float>;

}  // namespace marea
