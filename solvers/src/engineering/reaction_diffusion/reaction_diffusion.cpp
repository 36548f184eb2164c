// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/reaction_diffusion.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <marea/io/collective.hpp>
#include <marea/io/where_of.hpp>
#include <marea/solvers/numerics/methods/strang.hpp>
#include <marea/solvers/parts/conserved.hpp>
#include <marea/solvers/parts/finite_state.hpp>
#include <marea/solvers/time_step.hpp>

namespace marea::reaction_diffusion {
namespace detail {

/// Keeps when |u| first passed the threshold, on the line between the ends of the step.
template <class Real> struct Activate {
  StateView<Real> q, previous, activation;
  double threshold, time, dt;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    const double now = std::fabs(double(q(0, c.k, c.j, c.i))), before = std::fabs(double(previous(0, c.k, c.j, c.i)));
    const Real reached = activation(0, c.k, c.j, c.i);
    const double share = before < threshold && now > threshold ? (threshold - before) / (now - before) : 0;
    activation(0, c.k, c.j, c.i) = reached < Real(0) && now > threshold ? Real(time + dt * share) : reached;
  }
};

/// When, or the present time.
template <class Real> struct Activation {
  StateView<Real> activation;
  double time;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    return activation(0, k, j, i) < Real(0) ? time : static_cast<double>(activation(0, k, j, i));
  }
};

/// A number in every cell that is added.
template <class Real> struct Shift {
  StateView<Real> q;
  Values by;
  int variables;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    for (int v = 0; v < variables; ++v) q(v, k, j, i) += static_cast<Real>(by[v]);
  }
};

template <class Real> struct Copy {
  StateView<Real> from, to;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    to(0, c.k, c.j, c.i) = from(0, c.k, c.j, c.i);
  }
};

/// Component a of the fibre along x, y, z.
struct FibreOf {
  StateView<double> fibre;
  int dimensions;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i, int component) const {
    return fibre(dimensions - 1 - component, k, j, i);
  }
};

/// volume u^power / power.
template <class Real> struct Content {
  StateView<Real> q;
  double volume;
  int power;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    const double u = static_cast<double>(q(0, k, j, i));
    return volume * (power == 2 ? u * u / 2 : u);
  }
};

template <class Real> struct Activated {
  StateView<Real> activation;
  double volume;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    return activation(0, k, j, i) < Real(0) ? 0 : volume;
  }
};

}  // namespace detail

namespace {

/// Diffusivities of the variables that diffuse. Throws ConfigError for another number of them.
std::vector<double> diffusivities(const Options& o, const ReactionFacts& facts, const OptionTree& case_file) {
  if (o.diffusivity.empty()) return {facts.diffusivity.data(), facts.diffusivity.data() + facts.diffusing};
  if (o.diffusivity.size() != static_cast<std::size_t>(facts.diffusing))
    fail<ConfigError>(where_of(case_file, "solver.diffusivity"), "diffusivity has ", o.diffusivity.size(),
                      " numbers, but ", facts.diffusing, " of the reaction's variables diffuse; give one for each");
  return o.diffusivity;
}

}  // namespace

template <class Real>
ReactionDiffusion<Real>::ReactionDiffusion(const OptionTree& case_file, MPI_Comm comm)
    : Equations<ReactionDiffusion, Real, Options>(case_file, comm),
      reaction_(ReactionProfiles::make(this->options_.reaction, "solver.reaction")),
      facts_(facts_of(reaction_)),
      state_(make_state<Real>("reaction_diffusion.state", this->grid_, facts_.variables)),
      previous_(make_state<Real>("reaction_diffusion.previous", this->grid_, 1)),
      activation_(make_state<Real>("reaction_diffusion.activation", this->grid_, 1)),
      tissue_(tissue_of(this->options_, case_file, this->grid_)),
      stimuli_(this->options_.stimuli, case_file, this->grid_, tissue_.conductivity),
      stimulus_(make_state<double>("reaction_diffusion.stimulus", this->grid_, 1)) {
  const Grid& grid = this->grid_;
  const Options& o = this->options_;
  stimuli_.total(grid, tissue_.conductivity, stimulus_);
  for (const double d : diffusivities(o, facts_, case_file))
    diffusions_.emplace_back(grid, tissue_, d, o.diffusion == "implicit", o.tolerance);
  run_collectively(grid.info.comm, [&] { set_initial_state(*this, state_); });
  if (!this->initial_.find("file"))
    for_each_cell("reaction_diffusion.base", grid.cells, detail::Shift<Real>{state_, facts_.base, facts_.variables});
  Kokkos::deep_copy(activation_, Real(-1));
  observe();
}

template <class Real> StateView<Real> ReactionDiffusion<Real>::variable(int v) const {
  return Q(plane(state_, v), 1, state_.extent(1), state_.extent(2), state_.extent(3));
}

template <class Real> double ReactionDiffusion<Real>::stable_dt() const {
  const Options& o = this->options_;
  return std::min(o.step_scale * (o.time_step > 0 ? o.time_step : facts_.time_step), stimuli_.until_change(time_));
}

template <class Real> void ReactionDiffusion<Real>::activate(double time, double dt) {
  for_each_cell("reaction_diffusion.activate", this->grid_.cells,
                detail::Activate<Real>{state_, previous_, activation_, this->options_.activation_threshold, time, dt});
}

template <class Real> void ReactionDiffusion<Real>::step(double dt) {
  check_time_step(name, dt);
  const Grid& grid = this->grid_;
  if (steps_ % finite_check_every == 0) require_finite_state<ReactionDiffusion>(grid, state_, time_);
  for_each_cell("reaction_diffusion.previous", grid.cells, detail::Copy<Real>{state_, previous_});
  const double middle = time_ + dt / 2;
  const auto stimulate = [&] { stimuli_.apply(grid, tissue_.conductivity, state_, middle, dt / 2); };
  const auto reacts = [&](double part) { react(grid, reaction_, state_, part); };
  const auto diffuses = [&](double part) {
    for (std::size_t v = 0; v < diffusions_.size(); ++v) diffusions_[v].step(variable(static_cast<int>(v)), part);
  };
  stimulate();
  strang_step(dt, reacts, diffuses);
  stimulate();
  activate(time_, dt);
  time_ += dt;
  ++steps_;
}

template <class Real> OptionTree ReactionDiffusion<Real>::options() const {
  OptionTree tree = Equations<ReactionDiffusion, Real, Options>::options();
  tree["solver"]["reaction"] = ReactionProfiles::resolved(this->options_.reaction, "solver.reaction");
  return tree;
}

template <class Real> std::vector<ProfileEntry> ReactionDiffusion<Real>::profile_entries() {
  std::vector<ProfileEntry> all = Profiles::entries("initial");
  for (ProfileEntry& entry : ReactionProfiles::entries("solver.reaction")) all.push_back(std::move(entry));
  return all;
}

template <class Real> const std::vector<Field<ReactionDiffusion<Real>>>& ReactionDiffusion<Real>::fields() {
  using S = ReactionDiffusion;
  static const std::vector<Field<S>> all{
      prognostic<S>(0, {.name = "u", .units = "1", .long_name = "first variable: activator or potential"}),
      prognostic<S>(1, {.name = "v", .units = "1", .long_name = "second variable: inhibitor, recovery or gate"}),
      prognostic<S>(2, {.name = "w", .units = "1", .long_name = "third variable: slow gate"}),
      prognostic<S>(3, {.name = "s", .units = "1", .long_name = "fourth variable: of the slow inward current"}),
      fixed<S>({.name = "conductivity", .units = "1", .long_name = "factor on the diffusivities, 0 beside tissue"},
               [](const S& m, const Q&) { return marea::detail::Variable<double>{m.tissue_.conductivity, 0}; }),
      fixed<S>({.name = "fibre", .units = "1", .long_name = "direction of fibres, 0 without", .rank = 1},
               [](const S& m, const Q&) { return detail::FibreOf{m.tissue_.fibre, m.grid().dimensions}; }),
      fixed<S>({.name = "stimulus", .units = "1", .long_name = "what all pulses together add to u"},
               [](const S& m, const Q&) { return marea::detail::Variable<double>{m.stimulus_, 0}; }),
      first_crossing<S>(
          {.name = "activation_time",
           .units = "1",
           .long_name = "first time that |u| passed activation_threshold; the present time where not yet"},
          "u", [](const S& m) { return m.options_.activation_threshold; },
          [](const S& m, const Q&) { return detail::Activation<Real>{m.activation_, m.time_}; })};
  return all;
}

template <class Real> const std::vector<Conserved<ReactionDiffusion<Real>>>& ReactionDiffusion<Real>::conserved() {
  using S = ReactionDiffusion;
  static const std::vector<Conserved<S>> all{
      marea::conserved<S>(
          "content", "1",
          [](const S& m, const Q& q) { return detail::Content<Real>{q, multigrid::cell_volume(m.grid()), 1}; }),
      marea::conserved<S>(
          "energy", "1",
          [](const S& m, const Q& q) { return detail::Content<Real>{q, multigrid::cell_volume(m.grid()), 2}; }),
      marea::conserved<S>("activated", "1", [](const S& m, const Q&) {
        return detail::Activated<Real>{m.activation_, multigrid::cell_volume(m.grid())};
      })};
  return all;
}

template class ReactionDiffusion<double>;
template class ReactionDiffusion<float>;

}  // namespace marea::reaction_diffusion
