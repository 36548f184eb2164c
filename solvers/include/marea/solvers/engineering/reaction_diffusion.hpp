// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <limits>
#include <vector>

#include <marea/solvers/engineering/reaction_diffusion/diffusion.hpp>
#include <marea/solvers/engineering/reaction_diffusion/initial.hpp>
#include <marea/solvers/engineering/reaction_diffusion/reaction.hpp>
#include <marea/solvers/engineering/reaction_diffusion/stimuli.hpp>
#include <marea/solvers/make_any.hpp>
#include <marea/solvers/parts/clock.hpp>
#include <marea/solvers/parts/equations.hpp>

namespace marea::reaction_diffusion {

/// dq/dt = R(q) + D div(K grad q) + stimuli in one to three dimensions, K from fibres and a factor in every cell,
/// nothing through the ends: Strang splitting, second order in space and time.
///
/// \tparam RealType  double or float: the state; implicit diffusion is always solved in double precision
template <class RealType>
class ReactionDiffusion : public Equations<ReactionDiffusion<RealType>, RealType, Options>, public Clock {
 public:
  using Real = RealType;
  using Model = ReactionDiffusion;
  using Q = StateView<Real>;
  using Profiles = ProfileTable<InitialProfile, Base, Noise, Square, Front, waves::Sine, waves::RandomFourier>;
  static constexpr std::string_view name = "reaction_diffusion";
  static constexpr std::string_view remedy = "try a shorter time_step";
  static constexpr int ghost = multigrid::ghost_layers;

  /// From the tables `grid`, `solver`, `initial` of a case file. Collective.
  /// Throws ConfigError (a stimulus outside of the tissue), DataError (a fibre without length), IoError.
  ReactionDiffusion(const OptionTree& case_file, MPI_Comm comm);

  static const std::vector<Field<ReactionDiffusion>>& fields();
  static const std::vector<Conserved<ReactionDiffusion>>& conserved();
  static std::vector<ProfileEntry> profile_entries();
  OptionTree options() const;

  const ReactionDiffusion& model() const { return *this; }
  const Q& state() const { return state_; }
  std::vector<KeptArray<Real>> kept() const { return {{activation_, {"activation"}}}; }
  /// The longest step wanted, cut where a pulse begins or ends.
  double stable_dt() const;
  void step(double dt);
  void observe() { activate(time_, 0); }

 private:
  static constexpr int finite_check_every = 16;
  /// The variable v of the state, without a copy.
  Q variable(int v) const;
  void activate(double time, double dt);

  Reaction reaction_;
  ReactionFacts facts_;
  Q state_, previous_, activation_;  ///< activation < 0: not yet
  Tissue tissue_;
  Stimuli stimuli_;
  StateView<double> stimulus_;
  std::vector<Diffusion<Real>> diffusions_;
};

extern template class ReactionDiffusion<double>;
extern template class ReactionDiffusion<float>;

template <class RealType> struct Family {
  using Model = ReactionDiffusion<RealType>;
  using Solver = ReactionDiffusion<RealType>;
};

}  // namespace marea::reaction_diffusion
