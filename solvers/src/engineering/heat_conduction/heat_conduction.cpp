// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/heat_conduction.hpp>

#include <marea/io/collective.hpp>
#include <marea/io/where_of.hpp>

namespace marea::heat_conduction {
namespace detail {

/// to = what a cell holds of a value per volume.
struct Collect {
  PerCell from;
  StateView<double> to;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const { to(0, k, j, i) = from(k, j, i); }
};

}  // namespace detail

namespace {

std::string kind_of(const Grid& grid, int axis, int side) {
  const GridOptions& o = grid.options;
  return (axis == 2 ? o.boundary_x : axis == 1 ? o.boundary_y : o.boundary_z)[side];
}

/// How the ends are coupled to what is held there. Throws ConfigError for ends without a meaning, and for a steady
/// problem to whose solution any constant may be added.
multigrid::Surroundings couplings(const Grid& grid, const Options& o, const OptionTree& case_file, bool steady) {
  multigrid::Surroundings all{};
  bool coupled = false;
  for (int axis = 3 - grid.dimensions; axis < 3; ++axis)
    for (int side = 0; side < 2; ++side) {
      const std::string kind = kind_of(grid, axis, side), key = std::string("boundary_") + "zyx"[axis];
      const std::string where = where_of(case_file, "grid." + key + "[" + std::to_string(side) + "]");
      if (kind == "open")
        fail<ConfigError>(where, key, " = open has no meaning for heat; give insulated, fixed or convective");
      if (kind == "fixed") all[axis][side] = std::numeric_limits<double>::infinity();
      if (kind == "convective") {
        const std::string option = side == 0 ? "transfer_low" : "transfer_high";
        all[axis][side] = (side == 0 ? o.transfer_low : o.transfer_high)[2 - axis];
        if (!(all[axis][side] > 0))
          fail<ConfigError>(where, key, " is convective, but solver.", option, "[", 2 - axis, "] = ", all[axis][side],
                            "; give a heat transfer coefficient > 0");
      }
      coupled = coupled || all[axis][side] > 0;
    }
  if (steady && !coupled)
    fail<ConfigError>(where_of(case_file, "grid.boundary_x"), "every end of the domain is insulated or periodic, so "
                      "that a steady temperature does not exist or any constant may be added to it; let one of "
                      "boundary_x, boundary_y, boundary_z be fixed or convective");
  return all;
}

/// Gauges interpolate between cells of one size.
void require_no_gauges(const Options& o, const OptionTree& case_file) {
  const OptionTree* gauges = case_file.at_path("solver.gauges");
  if (!gauges || o.layers.empty()) return;
  if ((gauges->is_table() && gauges->as_table().empty()) || (gauges->is_array() && gauges->as_array().empty())) return;
  fail<ConfigError>(where_of(case_file, "solver.gauges"), "gauges stand between cells of one size, not in layers; read "
                    "the field temperature instead");
}

}  // namespace

template <class Real>
HeatConduction<Real>::HeatConduction(const OptionTree& case_file, MPI_Comm comm)
    : Equations<HeatConduction, Real, Options>(with_layers(case_file), comm),
      state_(make_state<Real>("heat_conduction.state", this->grid_, 1)),
      layering_(layering_of(this->options_.layers, this->grid_)),
      materials_{make_state<double>("heat_conduction.conductivity", this->grid_, this->grid_.dimensions),
                 make_state<double>("heat_conduction.capacity", this->grid_, 1),
                 make_state<double>("heat_conduction.source", this->grid_, 1)},
      right_side_(make_state<double>("heat_conduction.right_side", this->grid_, 1)),
      rise_(make_state<double>("heat_conduction.rise", this->grid_, 1)),
      conductances_(multigrid::make_conductances<double>(this->grid_)) {
  const Grid& grid = this->grid_;
  const Options& o = this->options_;
  require_no_gauges(o, case_file);
  const multigrid::Surroundings coupled = couplings(grid, o, case_file, steady());
  const multigrid::Surroundings temperatures = held(0);
  for (int axis = 0; axis < 3; ++axis)
    for (int side = 0; side < 2; ++side)
      if (coupled[axis][side] > 0) reference_ = temperatures[axis][side];
  run_collectively(grid.info.comm, [&] {
    blocks_ = blocks_of(o.layers, grid);
    load_materials(o, blocks_, grid, materials_);
    set_initial_state(*this, state_);
  });
  HaloExchange<double>(grid, grid.dimensions).exchange(materials_.conductivity);
  multigrid::set_faces(grid, materials_.conductivity, coupled, conductances_, layering_);
  for_each_cell("heat_conduction.source", grid.cells, detail::Collect{per_cell(materials_.source), right_side_});
  multigrid::add_surroundings(grid, conductances_, held(reference_), right_side_);
  if (steady()) return;
  const auto capacity = make_state<double>("heat_conduction.capacity_of_cell", grid, 1);
  for_each_cell("heat_conduction.capacity", grid.cells, detail::Collect{per_cell(materials_.capacity), capacity});
  implicit_step_.emplace(grid, conductances_, capacity, o.method == "sdirk2");
}

template <class Real> multigrid::Surroundings HeatConduction<Real>::held(double shift) const {
  multigrid::Surroundings all{};
  for (int axis = 0; axis < 3; ++axis)
    all[axis] = {this->options_.temperature_low[2 - axis] - shift, this->options_.temperature_high[2 - axis] - shift};
  return all;
}

template <class Real> double HeatConduction<Real>::stable_dt() const {
  return steady() ? std::numeric_limits<double>::infinity() : this->options_.time_step;
}

template <class Real> void HeatConduction<Real>::step(double dt) {
  check_time_step(name, dt);
  const Grid& grid = this->grid_;
  require_finite_state<HeatConduction>(grid, state_, time_);
  for_each_cell("heat_conduction.rise", grid.cells, Shift<Real, double>{state_, rise_, -reference_});
  const double tolerance = this->options_.tolerance;
  if (steady() && !steady_solver_) steady_solver_.emplace(grid, conductances_);
  convergence_ = steady() ? steady_solver_->solve(right_side_, rise_, tolerance)
                          : implicit_step_->step(right_side_, rise_, dt, tolerance);
  for_each_cell("heat_conduction.state", grid.cells, Shift<double, Real>{rise_, state_, reference_});
  time_ += dt;
  ++steps_;
}

template <class Real> void HeatConduction<Real>::require_settable(std::span<const NamedArray> fields) {
  for (const NamedArray& field : fields)
    if (field.name != "temperature" && field.name != "rise")
      fail<ConfigError>(name, "cannot set the state from '", field.name, "'; give temperature or rise");
  if (fields.size() != 1) fail<ConfigError>(name, "the state needs one of temperature and rise");
}

template <class Real> void HeatConduction<Real>::assign(const std::vector<GivenField>& given) {
  const double shift = given[0].name == "rise" ? reference_ : 0;
  for_each_cell("heat_conduction.assign", this->grid_.cells, SetTemperature<Real>{given[0].values, state_, shift});
  Device().fence();
}

template <class Real> const std::vector<Field<HeatConduction<Real>>>& HeatConduction<Real>::fields() {
  static const std::vector<Field<HeatConduction>> all{
      prognostic<HeatConduction>(0, {.name = "temperature", .units = "K", .long_name = "temperature"}),
      derived<HeatConduction>({.name = "rise", .units = "K", .long_name = "temperature above that of a held end"},
                              [](const HeatConduction& m, const Q& q) { return Rise<Real>{q, m.reference_}; }),
      fixed<HeatConduction>({.name = "conductivity", .units = "W m-1 K-1", .long_name = "conductivity along x"},
                            [](const HeatConduction& m, const Q&) {
                              const int along_x = m.grid().dimensions - 1;
                              return marea::detail::Variable<double>{m.materials_.conductivity, along_x};
                            }),
      fixed<HeatConduction>({.name = "source", .units = "W m-3", .long_name = "power per volume"},
                            [](const HeatConduction& m, const Q&) {
                              return marea::detail::Variable<double>{m.materials_.source, 0};
                            })};
  return all;
}

template <class Real> const std::vector<Conserved<HeatConduction<Real>>>& HeatConduction<Real>::conserved() {
  static const std::vector<Conserved<HeatConduction>> all{
      marea::conserved<HeatConduction>("energy", "J", [](const HeatConduction& m, const Q& q) {
        return Energy<Real>{m.per_cell(m.materials_.capacity), q};
      }),
      marea::conserved<HeatConduction>("power", "W", [](const HeatConduction& m, const Q&) {
        return m.per_cell(m.materials_.source);
      }),
      marea::conserved<HeatConduction>("outflow", "W", [](const HeatConduction& m, const Q& q) {
        return multigrid::outflow(m.grid(), q, m.conductances_.faces, m.held(0));
      })};
  return all;
}

template class HeatConduction<double>;
template class HeatConduction<float>;

}  // namespace marea::heat_conduction
