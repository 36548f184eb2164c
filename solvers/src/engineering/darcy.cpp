// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/darcy.hpp>

#include <limits>

#include <marea/io/collective.hpp>
#include <marea/io/where_of.hpp>
#include <marea/solvers/grid/convert.hpp>
#include <marea/solvers/parts/positive_field.hpp>

namespace marea::darcy {
namespace detail {

struct Times {
  StateView<double> q;
  double factor;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const { q(0, k, j, i) *= factor; }
};

}  // namespace detail

namespace {

/// Refuses ends without a meaning, and a problem to whose solution any constant may be added.
void require_held(const Grid& grid, const OptionTree& case_file) {
  bool held = false;
  for (int axis = 3 - grid.dimensions; axis < 3; ++axis)
    for (int side = 0; side < 2; ++side) {
      held = held || grid.boundary[axis][side] == BoundaryKind::other;
      if (grid.boundary[axis][side] != BoundaryKind::open) continue;
      const std::string key = std::string("boundary_") + "zyx"[axis];
      fail<ConfigError>(where_of(case_file, "grid." + key + "[" + std::to_string(side) + "]"), key, " = open has no ",
                        "meaning in a steady problem; give fixed (a held pressure) or wall (nothing passes)");
    }
  if (!held)
    fail<ConfigError>(where_of(case_file, "grid.boundary_x"), "no end of the domain is fixed, so that any constant may "
                      "be added to the pressure; let one of boundary_x, boundary_y, boundary_z be \"fixed\"");
}

multigrid::Surroundings couplings(const Grid& grid) {
  multigrid::Surroundings all{};
  for (int axis = 3 - grid.dimensions; axis < 3; ++axis)
    for (int side = 0; side < 2; ++side)
      all[axis][side] = grid.boundary[axis][side] == BoundaryKind::other ? std::numeric_limits<double>::infinity() : 0;
  return all;
}

/// The table of a static field with every option of its profile.
OptionTree resolved_permeability(const OptionTree& value) {
  if (!value.is_table() || value.find("file")) return value;
  return PermeabilityProfiles::resolved(value, "solver.permeability");
}

}  // namespace

template <class Real>
Darcy<Real>::Darcy(const OptionTree& case_file, MPI_Comm comm)
    : Equations<Darcy, Real, Options>(case_file, comm), state_(make_state<Real>("darcy.state", this->grid_, 1)),
      permeability_(make_state<double>("darcy.permeability", this->grid_, 1)),
      source_(make_state<double>("darcy.source", this->grid_, 1)),
      right_side_(make_state<double>("darcy.right_side", this->grid_, 1)),
      solution_(make_state<double>("darcy.solution", this->grid_, 1)),
      conductances_(multigrid::make_conductances<double>(this->grid_)) {
  const Grid& grid = this->grid_;
  run_collectively(grid.info.comm, [&] { load(case_file); });
  HaloExchange<double>(grid, 1).exchange(permeability_);
  multigrid::set_faces(grid, permeability_, couplings(grid), conductances_);
  Kokkos::deep_copy(right_side_, source_);
  for_each_cell("darcy.source", grid.cells, detail::Times{right_side_, multigrid::cell_volume(grid)});
  multigrid::add_surroundings(grid, conductances_, pressures(), right_side_);
}

template <class Real> void Darcy<Real>::load(const OptionTree& case_file) {
  const Grid& grid = this->grid_;
  const Options& o = this->options_;
  require_held(grid, case_file);
  const HostArray permeability = read_static_field<PermeabilityProfiles>(
      o.permeability, {"permeability", "m2 Pa-1 s-1"}, "solver.permeability", grid);
  require_positive_field(permeability, grid, "solver.permeability", "permeability");
  upload<double>(permeability, permeability_, 0, grid);
  if (o.source.is_table() && !o.source.find("file"))
    fail<ConfigError>(where_of(case_file, "solver.source"), "source must be a number or a table with the key file");
  const FieldInfo source{"source", "s-1"};
  upload<double>(read_static_field<PermeabilityProfiles>(o.source, source, "solver.source", grid), source_, 0, grid);
  set_initial_state(*this, state_);
}

template <class Real> multigrid::Surroundings Darcy<Real>::pressures() const {
  multigrid::Surroundings all{};
  for (int axis = 0; axis < 3; ++axis)
    all[axis] = {this->options_.pressure_low[2 - axis], this->options_.pressure_high[2 - axis]};
  return all;
}

template <class Real> void Darcy<Real>::step(double dt) {
  check_time_step(name, dt);
  const Grid& grid = this->grid_;
  require_finite_state<Darcy>(grid, state_, time_);
  for_each_cell("darcy.guess", grid.cells, Convert<Real, double>{state_, solution_});
  if (!solver_) solver_.emplace(grid, conductances_);
  convergence_ = solver_->solve(right_side_, solution_, this->options_.tolerance);
  for_each_cell("darcy.solution", grid.cells, Convert<double, Real>{solution_, state_});
  time_ += dt;
  ++steps_;
}

template <class Real> OptionTree Darcy<Real>::options() const {
  OptionTree tree = Equations<Darcy, Real, Options>::options();
  tree["solver"]["permeability"] = resolved_permeability(this->options_.permeability);
  return tree;
}

template <class Real> std::vector<ProfileEntry> Darcy<Real>::profile_entries() {
  std::vector<ProfileEntry> all = Profiles::entries("initial");
  for (ProfileEntry& entry : PermeabilityProfiles::entries("solver.permeability")) all.push_back(std::move(entry));
  return all;
}

template <class Real> const std::vector<Field<Darcy<Real>>>& Darcy<Real>::fields() {
  static const std::vector<Field<Darcy>> all{
      prognostic<Darcy>(0, {.name = "p", .units = "Pa", .long_name = "pressure"}),
      fixed<Darcy>({.name = "permeability", .units = "m2 Pa-1 s-1", .long_name = "permeability over viscosity"},
                   [](const Darcy& m, const Q&) { return marea::detail::Variable<double>{m.permeability_, 0}; }),
      fixed<Darcy>({.name = "source", .units = "s-1", .long_name = "volume injected per volume and time"},
                   [](const Darcy& m, const Q&) { return marea::detail::Variable<double>{m.source_, 0}; })};
  return all;
}

template <class Real> const std::vector<Conserved<Darcy<Real>>>& Darcy<Real>::conserved() {
  static const std::vector<Conserved<Darcy>> all{
      marea::conserved<Darcy>("outflow", "m2 s-1", [](const Darcy& m, const Q& q) {
        return multigrid::outflow(m.grid(), q, m.conductances_.faces, m.pressures());
      })};
  return all;
}

template class Darcy<double>;
template class Darcy<float>;

}  // namespace marea::darcy
