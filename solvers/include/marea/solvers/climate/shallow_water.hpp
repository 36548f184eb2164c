// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <utility>
#include <vector>

#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/climate/shallow_water/boundary.hpp>
#include <marea/solvers/climate/shallow_water/gauges.hpp>
#include <marea/solvers/climate/shallow_water/inflow.hpp>
#include <marea/solvers/climate/shallow_water/kernels.hpp>
#include <marea/solvers/climate/shallow_water/options.hpp>
#include <marea/solvers/grid/grid.hpp>
#include <marea/solvers/grid/halo_exchange.hpp>

namespace marea {

namespace shallow_water {
/// Every field of the solver: prognostic, derived, fixed, diagnostic.
const std::vector<FieldInfo>& output_fields();
}  // namespace shallow_water

/// The two-dimensional shallow-water equations over any bed, with wet and dry cells.
///
///   h_t + (hu)_x + (hv)_y = 0
///   (hu)_t + (hu^2 + g h^2 / 2)_x + (huv)_y = -g h b_x + f hv - friction      (and alike for hv)
///
/// Finite volumes, second order: MUSCL-Hancock on eta, h, u, v with hydrostatic reconstruction (Audusse et al. 2004,
/// doi:10.1137/S1064827503431090), HLLC or Rusanov. Conservative; a lake at rest stays exactly; depths are never
/// negative (fluxes out of draining cells are cut). Bits depend neither on ranks nor on threads.
///
/// \tparam Real  double or float: the state and all arithmetic on it
template <class Real> class ShallowWater final : public SolverInterface {
 public:
  static constexpr int ghost = 3;  ///< two for the prediction, one for the neighbour's draining cells
  static constexpr int finite_check_every = 16;  ///< steps between two looks for NaN
  /// The first steps of a run have at most this Courant number: a jump in the initial state sends signals faster than
  /// any cell shows (Toro 2001, ch. 9).
  static constexpr int short_steps = 5;
  static constexpr double short_cfl = 0.2;

  /// From the tables `grid`, `solver`, `initial` of a case file. Collective.
  /// Throws ConfigError, DataError (NaN in bathymetry or state), IoError.
  ShallowWater(const OptionTree& case_file, MPI_Comm comm);

  std::string_view name() const override { return "shallow_water"; }
  std::span<const FieldInfo> fields() const override;
  std::span<const FieldInfo> outputs() const override;
  ArrayRef state() override;
  const GridInfo& grid() const override { return grid_.info; }
  double time() const override { return time_; }
  std::int64_t steps() const override { return steps_; }
  double stable_dt() override;
  void step(double dt) override;
  void read(std::string_view field, const ArrayRef& out) override;
  void write(std::span<const NamedArray> fields) override;
  std::shared_ptr<const void> hold_state() override { return held_; }
  Queue queue() const override { return {}; }
  std::vector<RestartPiece> restart_pieces() const override;
  void read_restart(std::string_view field, const ArrayRef& out) override;
  void write_restart(std::string_view field, const ArrayRef& in) override;
  void set_time(double time, std::int64_t steps) override { time_ = time, steps_ = steps; }
  void observe() override;
  std::vector<NamedScalar> invariants() override;
  std::vector<Table> tables() override { return gauges_.tables(grid_); }
  void set_tables(std::vector<Table> tables) override { gauges_.set_tables(std::move(tables)); }
  OptionTree options() const override;

 private:
  void load_bed();
  void set_initial_state();
  void fill_ghosts(const StateView<Real>& q, double time);
  shallow_water::Finish<Real> finish(double dt, double time) const;
  void record_gauges();
  std::pair<StateView<Real>, int> kept_array(std::string_view restart_field) const;
  double global_speed();
  [[noreturn]] void fail_not_finite();

  shallow_water::Options options_;
  OptionTree initial_;
  shallow_water::InflowWave inflow_;
  Grid grid_;
  shallow_water::GaugeRecorder gauges_;
  StateView<Real> state_, start_;                      ///< start: of the step, ghosts filled
  StateView<Real> bed_, drain_, diagnostics_;          ///< diagnostics: max_eta, max_speed^2, arrival
  HaloExchange<Real> halo_;
  shallow_water::StepKernel<Real> kernel_;
  shallow_water::SweepWorkspace<Real> workspace_;
  double time_ = 0, local_speed_ = 0;
  std::int64_t steps_ = 0;
  bool stale_ = true;                                  ///< the state was set from outside since the last step
  std::shared_ptr<char> held_ = std::make_shared<char>();  ///< shared: somebody holds the state's memory
  bool held() const { return held_.use_count() > 1; }
};

extern template class ShallowWater<double>;
extern template class ShallowWater<float>;

/// The solver of a case file in the precision that it names. Collective.
AnySolver make_shallow_water(const OptionTree& case_file, MPI_Comm comm);

}  // namespace marea
