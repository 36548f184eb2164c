// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <concepts>
#include <limits>
#include <span>
#include <string_view>

#include <marea/io/field_info.hpp>
#include <marea/io/named.hpp>
#include <marea/solvers/grid/grid.hpp>

namespace marea {

/// Equations of the form dq/dt = L(q, t) on a structured grid. They never see MPI.
///
/// fill_ghosts  fills the ghost cells beyond the physical boundary; the halo exchange has filled the others
/// tendency     writes L(q, t) into the interior of dq; ghosts of q are filled
/// stable_dt    largest stable step of this rank's cells (+infinity where nothing moves)
template <class M>
concept TendencyModel = requires(M m, const M c, typename M::State q, double t) {
  typename M::Real;
  typename M::Options;
  requires std::same_as<typename M::State, StateView<typename M::Real>>;
  { M::name } -> std::convertible_to<std::string_view>;
  { c.fields() } -> std::convertible_to<std::span<const FieldInfo>>;  // prognostic, in the order of the state
  { c.grid() } -> std::convertible_to<const Grid&>;
  { c.make_state() } -> std::same_as<typename M::State>;              // the initial state
  m.fill_ghosts(q, t);
  m.tendency(q, t, q);
  { m.stable_dt(q) } -> std::convertible_to<double>;
};

/// One Runge-Kutta stage: out = a start + b (u + dt L(u, time)) over the interior. `out` is never `u`, but may be
/// `start`, which is read at the same cell only. `last` in the last stage of a step.
template <class State> struct Stage {
  double a;
  State start;
  double b;
  State u;
  double time, dt;
  State out;
  bool last;
};

/// A model that does a whole stage in one pass over the state. stage() returns the stable step of this rank's cells of
/// `out` when `last`, so that the reduction costs no pass of its own; what it returns otherwise is not used.
template <class M>
concept FusedModel = TendencyModel<M> && requires(M m, const Stage<typename M::State>& s) {
  { m.stage(s) } -> std::convertible_to<double>;
};

/// A model with something to do after each stage (out, end time of the stage, length of the step): friction, floors.
template <class M>
concept HasAfterStage = requires(M m, typename M::State q, double time, double dt) { m.after_stage(q, time, dt); };

/// A model with something to do after each step (state, new time, step): running diagnostics, gauges. Called with
/// dt = 0 for a state that came through write() and, by MethodOfLines' constructor, for the initial one.
template <class M>
concept HasAfterStep = requires(M m, typename M::State q, double time, double dt) { m.after_step(q, time, dt); };

/// Anything that advances a state in time by itself.
template <class S>
concept Solver = requires(S s, const S c, double dt) {
  typename S::Model;
  { c.fields() } -> std::convertible_to<std::span<const FieldInfo>>;
  s.state();
  { c.grid() } -> std::convertible_to<const Grid&>;
  { c.time() } -> std::convertible_to<double>;
  { s.stable_dt() } -> std::convertible_to<double>;
  s.step(dt);
};

}  // namespace marea
