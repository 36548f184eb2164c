// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <concepts>
#include <cstdint>
#include <string_view>
#include <vector>

#include <marea/solvers/parts/conserved.hpp>
#include <marea/solvers/parts/field_table.hpp>

namespace marea {

/// What files, tables and programs know of a model: its fields and what it conserves.
///
/// fields     prognostic ones first, one variable of the state each, in its order; then derived, fixed, diagnostic
/// conserved  quantities whose totals stay
/// options    resolved tables grid, solver, initial
template <class M>
concept DescribedModel = requires(const M c) {
  typename M::Real;
  { M::name } -> std::convertible_to<std::string_view>;
  { M::fields() } -> std::convertible_to<const std::vector<Field<M>>&>;
  { M::conserved() } -> std::convertible_to<const std::vector<Conserved<M>>&>;
  { c.grid() } -> std::convertible_to<const Grid&>;
  { c.options() } -> std::convertible_to<OptionTree>;
};

/// Equations of the form dq/dt = L(q, t) on a structured grid. They never see MPI.
///
/// variables        of the state
/// initial_table    what `[initial]` says
/// fill_ghosts      fills the ghost cells beyond the physical boundary; the halo exchange has filled the others
/// tendency(q, t)   functor of (k, j, i, Real* dq): L(q, t) of an interior cell; ghosts of q are filled. Or a
///                  std::variant of functors: each is a loop of its own, for what is only known at run time (dimension)
/// rate(q)          functor of (k, j, i): signal rate of a cell [1/time], so that cfl / (largest rate) is a stable step;
///                  or one number where no cell differs
/// cfl              Courant number
template <class M>
concept TendencyModel = DescribedModel<M> && requires(const M c, const StateView<typename M::Real> q, double t) {
  { c.variables() } -> std::convertible_to<int>;
  c.initial_table();
  c.fill_ghosts(q, t);
  c.tendency(q, t);
  c.rate(q);
  { c.cfl() } -> std::convertible_to<double>;
};

/// What advances a state over cells in time by itself; make_any turns it into an AnySolver.
///
/// state        with ghosts, where it is now
/// model        whose fields and conserved quantities the solver has; may be the solver itself
/// A solver may also have, and make_any uses:
///   kept()                 running diagnostics that a restart needs
///   gauge_columns(), gauge()   what gauges record; default: the prognostic fields
///   steady                 true, or a function that says it of this case: see SolverInterface
///   convergence()          whose iterations the last step took
///   tables()               beside those of gauges, of the present state, on rank 0
///   require_settable(names), assign(given)   states from other fields than the prognostic ones
///   state_changed()        told after the state or a diagnostic was set from outside
///   observe()              running diagnostics and signal speed of the present state
///   hold_state()           see SolverInterface; default: the state never moves
///   set_stage_tendency(f)  see SolverInterface
template <class S>
concept Solver = DescribedModel<typename S::Model> && requires(S s, const S c, double dt, std::int64_t steps) {
  typename S::Real;
  { c.model() } -> std::same_as<const typename S::Model&>;
  { c.grid() } -> std::convertible_to<const Grid&>;
  { c.state() } -> std::convertible_to<StateView<typename S::Real>>;
  { c.time() } -> std::convertible_to<double>;
  { c.steps() } -> std::convertible_to<std::int64_t>;
  s.set_time(dt, steps);
  { s.stable_dt() } -> std::convertible_to<double>;
  s.step(dt);
};

}  // namespace marea
