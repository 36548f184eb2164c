// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <marea/solvers/engineering/darcy/options.hpp>
#include <marea/solvers/numerics/multigrid/faces.hpp>
#include <marea/solvers/numerics/multigrid/outflow.hpp>
#include <marea/solvers/numerics/multigrid/solve.hpp>
#include <marea/solvers/parts/clock.hpp>
#include <marea/solvers/parts/conserved.hpp>
#include <marea/solvers/parts/equations.hpp>
#include <marea/solvers/parts/finite_state.hpp>
#include <marea/solvers/time_step.hpp>

namespace marea::darcy {

/// Steady flow through a porous medium, -div(a grad p) = f, in one to three dimensions: finite volumes of second order,
/// conjugate gradients with multigrid. A step, of any length, solves from the present guess; the first one sets the
/// multigrid up, so that who times a solution times all that a new permeability asks for.
///
/// \tparam RealType  double or float: the state; the solution is always found in double precision
template <class RealType> class Darcy : public Equations<Darcy<RealType>, RealType, Options>, public Clock {
 public:
  using Real = RealType;
  using Model = Darcy;
  using Q = StateView<Real>;
  using Profiles = ProfileTable<InitialProfile, Uniform>;
  static constexpr std::string_view name = "darcy";
  static constexpr std::string_view remedy = "give another first guess";
  static constexpr int ghost = multigrid::ghost_layers;
  static constexpr bool steady = true;

  /// From the tables `grid`, `solver`, `initial` of a case file. Collective.
  /// Throws ConfigError, DataError (a permeability that is not positive), IoError.
  Darcy(const OptionTree& case_file, MPI_Comm comm);

  static const std::vector<Field<Darcy>>& fields();
  static const std::vector<Conserved<Darcy>>& conserved();
  static std::vector<ProfileEntry> profile_entries();
  static std::vector<std::string> boundary_names() { return {"fixed"}; }
  OptionTree options() const;

  const Darcy& model() const { return *this; }
  const Q& state() const { return state_; }
  double stable_dt() const { return std::numeric_limits<double>::infinity(); }
  void step(double dt);
  /// Of the last step.
  const multigrid::Convergence& convergence() const { return convergence_; }

 private:
  multigrid::Surroundings pressures() const;
  void load(const OptionTree& case_file);

  Q state_;
  StateView<double> permeability_, source_, right_side_, solution_;
  multigrid::Conductances<double> conductances_;
  std::optional<multigrid::DiffusionSolver> solver_;
  multigrid::Convergence convergence_;
};

extern template class Darcy<double>;
extern template class Darcy<float>;

template <class RealType> struct Family {
  using Model = Darcy<RealType>;
  using Solver = Darcy<RealType>;
};

}  // namespace marea::darcy
