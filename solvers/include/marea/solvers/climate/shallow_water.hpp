// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <marea/solvers/climate/shallow_water/boundary.hpp>
#include <marea/solvers/climate/shallow_water/fields.hpp>
#include <marea/solvers/climate/shallow_water/inflow.hpp>
#include <marea/solvers/climate/shallow_water/kernels.hpp>
#include <marea/solvers/climate/shallow_water/options.hpp>
#include <marea/solvers/grid/halo_exchange.hpp>
#include <marea/solvers/make_any.hpp>
#include <marea/solvers/parts/clock.hpp>
#include <marea/solvers/registry.hpp>

namespace marea {

/// The two-dimensional shallow-water equations over any bed, with wet and dry cells.
///
///   h_t + (hu)_x + (hv)_y = 0
///   (hu)_t + (hu^2 + g h^2 / 2)_x + (huv)_y = -g h b_x + f hv - friction      (and alike for hv)
///
/// Finite volumes, second order: MUSCL-Hancock on eta, h, u, v with hydrostatic reconstruction (Audusse et al. 2004,
/// doi:10.1137/S1064827503431090), HLLC or Rusanov. Conservative; a lake at rest stays exactly; depths are never
/// negative (fluxes out of draining cells are cut). Bits depend neither on ranks nor on threads.
///
/// \tparam RealType  double or float: the state and all arithmetic on it
template <class RealType> class ShallowWater : public Clock {
 public:
  using Real = RealType;
  using Model = ShallowWater;
  using Options = shallow_water::Options;
  using Q = StateView<Real>;
  static constexpr std::string_view name = "shallow_water";
  static constexpr std::string_view remedy = "try a smaller cfl or a larger dry_depth";
  static constexpr int ghost = 3;  ///< two for the prediction, one for the neighbour's draining cells
  static constexpr int finite_check_every = 16;  ///< steps between two looks for NaN
  /// The first steps of a run have at most this Courant number: a jump in the initial state sends signals faster than
  /// any cell shows (Toro 2001, ch. 9).
  static constexpr int short_steps = 5;
  static constexpr double short_cfl = 0.2;

  /// From the tables `grid`, `solver`, `initial` of a case file. Collective.
  /// Throws ConfigError, DataError (NaN in bathymetry or state), IoError.
  ShallowWater(const OptionTree& case_file, MPI_Comm comm);

  static const std::vector<Field<ShallowWater>>& fields();
  static const std::vector<Conserved<ShallowWater>>& conserved();
  static std::vector<ProfileEntry> profile_entries();
  static std::vector<std::string> boundary_names() { return shallow_water::own_boundary_names(); }
  OptionTree options() const;

  const ShallowWater& model() const { return *this; }
  const Grid& grid() const { return grid_; }
  const Q& state() const { return state_; }
  std::shared_ptr<const void> hold_state() {
    stale_ = true;
    return hold_;
  }
  double stable_dt();
  void step(double dt);
  void observe();
  void state_changed() { stale_ = true; }
  /// The state from h or eta, with velocity or hu and hv.
  static void require_settable(std::span<const NamedArray> fields);
  void assign(const std::vector<GivenField>& given);
  std::vector<KeptArray<Real>> kept() const { return {{diagnostics_, {"max_eta", "max_speed_squared", "arrival"}}}; }
  static GaugeColumns gauge_columns() { return {{"eta", "u", "v"}, {"m", "m s-1", "m s-1"}, true}; }
  shallow_water::GaugeValues<Real> gauge() const;

 private:
  void load_bed();
  void set_initial_state();
  void fill_ghosts(const Q& q, double time);
  shallow_water::Finish<Real> finish(double dt, double time) const;
  double global_speed();
  bool held() const { return hold_.use_count() > 1; }

  // What fields and quantities are made of.
  shallow_water::Elevation<Real> elevation(const Q& q) const { return {q, bed_, dry_depth()}; }
  shallow_water::Velocity<Real> velocity(const Q& q) const { return {q, bed_, dry_depth()}; }
  shallow_water::StillWater<Real> still_water(typename shallow_water::StillWater<Real>::Kind kind) const {
    return {kind, bed_, Real(options_.gravity)};
  }
  shallow_water::Diagnostic<Real> running(int number) const { return {diagnostics_, number, Real(time_)}; }
  template <class Surface> shallow_water::FlowDepth<Real, Surface> on_land(const Surface& surface) const {
    return {surface, bed_};
  }
  shallow_water::Content<Real> content(const Q& q, int kind) const {
    return {q, bed_, kind, options_.gravity, options_.dry_depth, grid_.dx() * grid_.dy()};
  }
  Real dry_depth() const { return Real(options_.dry_depth); }

  Options options_;
  OptionTree initial_;
  shallow_water::InflowWave inflow_;
  Grid grid_;
  Q state_, start_;                      ///< start: of the step, ghosts filled
  Q bed_, drain_, diagnostics_;          ///< diagnostics: max_eta, max_speed^2, arrival
  HaloExchange<Real> halo_;
  shallow_water::StepKernel<Real> kernel_;
  shallow_water::SweepWorkspace<Real> workspace_;
  std::shared_ptr<char> hold_ = std::make_shared<char>();  ///< shared: somebody holds the state's memory
  double local_speed_ = 0;
  bool stale_ = true;                    ///< the state may have been set from outside since the last look
};

extern template class ShallowWater<double>;
extern template class ShallowWater<float>;

namespace shallow_water {

template <class Real> struct Family {
  using Model = ShallowWater<Real>;
  using Solver = ShallowWater<Real>;
};

}  // namespace shallow_water
}  // namespace marea
