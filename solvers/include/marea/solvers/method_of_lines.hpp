// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <limits>
#include <utility>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/solvers/grid/halo_exchange.hpp>
#include <marea/solvers/grid/loops.hpp>
#include <marea/solvers/grid/reduce.hpp>
#include <marea/solvers/numerics/methods/ssp_runge_kutta.hpp>
#include <marea/solvers/solver.hpp>
#include <marea/solvers/time_step.hpp>

namespace marea {
namespace detail {

/// out = a start + b (u + dt L) in every variable of a cell.
template <class Real> struct Combine {
  StateView<Real> start, u, tendency, out;
  int variables;
  Real a, b, dt;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    for (int v = 0; v < variables; ++v)
      out(v, k, j, i) = a * start(v, k, j, i) + b * (u(v, k, j, i) + dt * tendency(v, k, j, i));
  }
};

/// Number (variable, k, j, i) of a cell on the whole grid where a value is not finite, else infinity.
template <class Real> struct NotFinite {
  StateView<Real> q;
  Cells c;
  int variables;
  static constexpr double none = std::numeric_limits<double>::infinity();
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    for (int v = 0; v < variables; ++v) {
      if (q(v, k, j, i) - q(v, k, j, i) == Real(0)) continue;
      const double plane = static_cast<double>(c.offset[0] + k - c.ghost[0]) + static_cast<double>(v * c.global[0]);
      const double row = plane * static_cast<double>(c.global[1]) + static_cast<double>(c.offset[1] + j - c.ghost[1]);
      return row * static_cast<double>(c.global[2]) + static_cast<double>(c.offset[2] + i - c.ghost[2]);
    }
    return none;
  }
};

}  // namespace detail

/// Throws NumericalError on all ranks, naming field, cell and time, when a value of the state is not finite.
template <class Real>
void require_finite_state(std::string_view solver, const Grid& grid, const StateView<Real>& q,
                          std::span<const FieldInfo> fields, double time) {
  const Cells& c = grid.cells;
  const double first = reduce_min("solver.finite", grid, detail::NotFinite<Real>{q, c, static_cast<int>(q.extent(0))});
  if (first == detail::NotFinite<Real>::none) return;
  auto rest = static_cast<std::int64_t>(first);
  const std::int64_t i = rest % c.global[2], j = (rest /= c.global[2]) % c.global[1],
                     k = (rest /= c.global[1]) % c.global[0];
  fail<NumericalError>(solver, fields[rest / c.global[0]].name, " is not finite in cell (k = ", k, ", j = ", j,
                       ", i = ", i, ") at time ", time, "; try a smaller cfl");
}

/// A model and a Runge-Kutta method make a solver. The order halo -> boundary -> tendency -> combine is written here
/// and nowhere else. Nothing is allocated inside a step.
template <TendencyModel M, SspMethod Method> class MethodOfLines {
 public:
  using Model = M;
  using Real = typename M::Real;
  using State = typename M::State;
  static constexpr int finite_check_every = 16;  ///< steps between two looks for NaN

  explicit MethodOfLines(M model)
      : model_(std::move(model)), state_(model_.make_state()), variables_(static_cast<int>(state_.extent(0))),
        tendency_(make_state<Real>("tendency", grid(), variables_)), halo_(grid(), variables_) {
    while (stages_.size() + 1 < Method::stages.size()) stages_.push_back(make_state<Real>("stage", grid(), variables_));
  }

  std::string_view name() const { return M::name; }
  std::span<const FieldInfo> fields() const { return model_.fields(); }
  const Grid& grid() const { return model_.grid(); }
  /// With ghosts; the same memory from first to last.
  const State& state() { return state_; }
  const M& model() const { return model_; }
  double time() const { return time_; }
  std::int64_t steps() const { return steps_; }
  void set_time(double time, std::int64_t steps) { time_ = time, steps_ = steps; }
  double stable_dt() { return min_over_ranks(grid(), model_.stable_dt(state_)); }
  std::vector<NamedScalar> invariants() { return model_.invariants(state_); }
  OptionTree options() const { return model_.options(); }

  /// Throws ConfigError unless dt is finite and > 0.
  void step(double dt) {
    check_time_step(M::name, dt);
    const State* u = &state_;
    for (std::size_t s = 0; s < Method::stages.size(); ++s) {
      const SspStage& stage = Method::stages[s];
      // The last stage reads the start of the step at its own cell only, so it may write over it.
      const State& out = s + 1 == Method::stages.size() ? state_ : stages_[s];
      const double time = time_ + stage.c * dt;
      halo_.exchange(*u);
      model_.fill_ghosts(*u, time);
      model_.tendency(*u, time, tendency_);
      for_each_cell("method_of_lines.combine", grid().cells,
                    detail::Combine<Real>{state_, *u, tendency_, out, variables_, static_cast<Real>(stage.a),
                                          static_cast<Real>(stage.b), static_cast<Real>(dt)});
      u = &out;
    }
    time_ += dt;
    if (++steps_ % finite_check_every == 0) require_finite_state(M::name, grid(), state_, fields(), time_);
  }

 private:
  M model_;
  State state_;
  int variables_;
  State tendency_;
  std::vector<State> stages_;  ///< no array: GCC 12 leaves an array of Kokkos 4.6's views without a value
  HaloExchange<Real> halo_;
  double time_ = 0;
  std::int64_t steps_ = 0;
};

}  // namespace marea
