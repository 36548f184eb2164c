// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <marea/solvers/engineering/heat_conduction/materials.hpp>
#include <marea/solvers/make_any.hpp>
#include <marea/solvers/numerics/multigrid/implicit_step.hpp>
#include <marea/solvers/numerics/multigrid/outflow.hpp>
#include <marea/solvers/numerics/multigrid/solve.hpp>
#include <marea/solvers/parts/clock.hpp>
#include <marea/solvers/parts/conserved.hpp>
#include <marea/solvers/parts/equations.hpp>
#include <marea/solvers/parts/finite_state.hpp>
#include <marea/solvers/parts/transfer.hpp>
#include <marea/solvers/time_step.hpp>

namespace marea::heat_conduction {

/// A variable plus a constant, in another precision.
template <class From, class To> struct Shift {
  StateView<From> from;
  StateView<To> to;
  double by;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    to(0, k, j, i) = static_cast<To>(static_cast<double>(from(0, k, j, i)) + by);
  }
};

/// Temperature above a held one.
template <class Real> struct Rise {
  StateView<Real> temperature;
  double reference;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    return static_cast<double>(temperature(0, k, j, i)) - reference;
  }
};

/// A temperature from an array plus a constant.
template <class Real> struct SetTemperature {
  FieldArray from;
  StateView<Real> to;
  double shift;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    to(0, k, j, i) = static_cast<Real>(from.get(k, j, i) + shift);
  }
};

/// A value per volume times the volume of the cell.
struct PerCell {
  StateView<double> density;
  multigrid::CellVolume volume;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const { return density(0, k, j, i) * volume(k); }
};

/// Heat that a cell holds above 0 K [J].
template <class Real> struct Energy {
  PerCell capacity;
  StateView<Real> temperature;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    return capacity(k, j, i) * static_cast<double>(temperature(0, k, j, i));
  }
};

/// Conduction of heat, c dT/dt = div(K grad T) + q, in layered solids in one to three dimensions: finite volumes of
/// second order, conjugate gradients with multigrid. By `method` a step of any length solves for the steady
/// state, or is an implicit one in time; the first one sets the multigrid up.
///
/// \tparam RealType  double or float: the state; solutions are always found in double precision
template <class RealType>
class HeatConduction : public Equations<HeatConduction<RealType>, RealType, Options>, public Clock {
 public:
  using Real = RealType;
  using Model = HeatConduction;
  using Q = StateView<Real>;
  using Profiles = ProfileTable<InitialProfile, Uniform>;
  static constexpr std::string_view name = "heat_conduction";
  static constexpr std::string_view remedy = "give another first state";
  static constexpr int ghost = multigrid::ghost_layers;

  /// From the tables `grid`, `solver`, `initial` of a case file. Collective.
  /// Throws ConfigError, DataError (a conductivity that is not positive), IoError.
  HeatConduction(const OptionTree& case_file, MPI_Comm comm);

  static const std::vector<Field<HeatConduction>>& fields();
  static const std::vector<Conserved<HeatConduction>>& conserved();
  static std::vector<std::string> boundary_names() { return {"insulated", "fixed", "convective"}; }
  static void require_settable(std::span<const NamedArray> fields);
  void assign(const std::vector<GivenField>& given);

  const HeatConduction& model() const { return *this; }
  const Q& state() const { return state_; }
  /// Of every block, now, on rank 0. Collective.
  std::vector<Table> tables() const {
    return block_tables<Real>(blocks_, this->grid_, layering_, state_, time_);
  }
  bool steady() const { return this->options_.method == "steady"; }
  double stable_dt() const;
  void step(double dt);
  /// Of the last solution.
  const multigrid::Convergence& convergence() const { return convergence_; }

 private:
  /// Temperatures held at or beyond the ends, above `shift`.
  multigrid::Surroundings held(double shift) const;
  PerCell per_cell(const StateView<double>& density) const {
    return {density, multigrid::cell_volume(this->grid_, layering_)};
  }

  Q state_;
  multigrid::Layering layering_;
  Materials materials_;
  std::vector<PlacedBlock> blocks_;
  StateView<double> right_side_, rise_;
  multigrid::Conductances<double> conductances_;
  std::optional<multigrid::DiffusionSolver> steady_solver_;
  std::optional<multigrid::ImplicitStep> implicit_step_;
  multigrid::Convergence convergence_;
  double reference_ = 0;  ///< a held temperature, above which solutions are sought [K]
};

extern template class HeatConduction<double>;
extern template class HeatConduction<float>;

template <class RealType> struct Family {
  using Model = HeatConduction<RealType>;
  using Solver = HeatConduction<RealType>;
};

}  // namespace marea::heat_conduction
