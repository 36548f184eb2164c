// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <concepts>
#include <span>
#include <string_view>
#include <vector>

#include <marea/io/field_info.hpp>
#include <marea/io/named.hpp>
#include <marea/solvers/grid/grid.hpp>

namespace marea {

/// Equations of the form dq/dt = L(q, t) on a structured grid. They never see MPI.
///
/// fields       prognostic fields, one variable of the state each, in its order
/// make_state   the initial state
/// fill_ghosts  fills the ghost cells beyond the physical boundary; the halo exchange has filled the others
/// tendency     writes L(q, t) into the interior of dq; ghosts of q are filled
/// stable_dt    largest stable step of this rank's cells (+infinity where nothing moves)
/// invariants   conserved quantities, reduced by reduce_sum
/// options      resolved tables grid, solver, initial
template <class M>
concept TendencyModel = requires(M m, const M c, typename M::State q, double t) {
  typename M::Real;
  requires std::same_as<typename M::State, StateView<typename M::Real>>;
  { M::name } -> std::convertible_to<std::string_view>;
  { c.fields() } -> std::convertible_to<std::span<const FieldInfo>>;
  { c.grid() } -> std::convertible_to<const Grid&>;
  { c.make_state() } -> std::same_as<typename M::State>;
  m.fill_ghosts(q, t);
  m.tendency(q, t, q);
  { c.stable_dt(q) } -> std::convertible_to<double>;
  { c.invariants(q) } -> std::convertible_to<std::vector<NamedScalar>>;
  { c.options() } -> std::convertible_to<OptionTree>;
};

/// What advances a state in time by itself; make_any turns it into an AnySolver.
template <class S>
concept Solver = requires(S s, const S c, double dt) {
  { c.name() } -> std::convertible_to<std::string_view>;
  { c.fields() } -> std::convertible_to<std::span<const FieldInfo>>;
  { c.grid() } -> std::convertible_to<const Grid&>;
  s.state();
  { c.time() } -> std::convertible_to<double>;
  { c.steps() } -> std::convertible_to<std::int64_t>;
  s.set_time(dt, std::int64_t{});
  { s.stable_dt() } -> std::convertible_to<double>;
  s.step(dt);
  { s.invariants() } -> std::convertible_to<std::vector<NamedScalar>>;
  { c.options() } -> std::convertible_to<OptionTree>;
};

}  // namespace marea
