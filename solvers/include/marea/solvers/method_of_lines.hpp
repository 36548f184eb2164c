// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <marea/io/collective.hpp>
#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/grid/describe.hpp>
#include <marea/solvers/grid/halo_exchange.hpp>
#include <marea/solvers/grid/loops.hpp>
#include <marea/solvers/grid/reduce.hpp>
#include <marea/solvers/numerics/methods/ssp_runge_kutta.hpp>
#include <marea/solvers/parts/clock.hpp>
#include <marea/solvers/parts/finite_state.hpp>
#include <marea/solvers/parts/initial_state.hpp>
#include <marea/solvers/solver.hpp>
#include <marea/solvers/time_step.hpp>

namespace marea {
namespace detail {

/// dq of a cell from the model's functor.
template <class Real, class Tendency, int max_variables> struct WriteTendency {
  Tendency tendency;
  StateView<Real> dq;
  int variables;
  /// No loop for a constant count: the loop over cells vectorises.
  template <std::size_t... v>
  KOKKOS_FORCEINLINE_FUNCTION void store(std::index_sequence<v...>, const Real* value, Cell c) const {
    ((dq(v, c.k, c.j, c.i) = value[v]), ...);
  }
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    const Cell c{k, j, i};
    Real value[max_variables];
    tendency(k, j, i, value);
    if constexpr (requires { Tendency::variables; }) {
      store(std::make_index_sequence<Tendency::variables>(), value, c);
    } else {
      for (int v = 0; v < variables; ++v) dq(v, c.k, c.j, c.i) = value[v];
    }
  }
};

}  // namespace detail

/// The equations of a model as a time method sees them. The order halo -> boundary -> tendency is written here and
/// nowhere else.
template <TendencyModel M> class SemiDiscrete {
 public:
  using Real = typename M::Real;
  using State = StateView<Real>;

  explicit SemiDiscrete(M model)
      : model_(std::move(model)), variables_(model_.variables()), state_(make_like(std::string(M::name))),
        halo_(grid(), variables_) {}

  const M& model() const { return model_; }
  const Grid& grid() const { return model_.grid(); }
  int variables() const { return variables_; }
  const State& state() const { return state_; }
  State make_like(const std::string& label) const { return make_state<Real>(label, grid(), variables_); }
  void set_extra(StageTendency extra) { extra_ = std::move(extra); }

  /// dq = L(u, t) in the interior; fills the ghosts of u.
  void tendency(const State& u, double t, const State& dq) {
    halo_.exchange(u);
    model_.fill_ghosts(u, t);
    const auto apply = [&](const auto& functor) {
      using Tendency = std::remove_cvref_t<decltype(functor)>;
      for_each_cell(label, grid().cells,
                    detail::WriteTendency<Real, Tendency, M::max_variables>{functor, dq, variables_});
    };
    if constexpr (requires { std::visit(apply, model_.tendency(u, t)); }) {
      std::visit(apply, model_.tendency(u, t));
    } else {
      apply(model_.tendency(u, t));
    }
    if (extra_) extra_(describe_interior(u, grid()), t, describe_interior(dq, grid()));
  }
  // What stiff methods ask for: the rest beside a linear operator, or beside an implicit solve, that the model gives.
  void nonlinear(const State& u, double t, const State& out) { tendency(u, t, out); }
  void explicit_tendency(const State& u, double t, const State& out) { tendency(u, t, out); }
  decltype(auto) linear() const
    requires requires(const M& m) { m.linear(); }
  {
    return model_.linear();
  }
  void solve_implicit(const State& rhs, double t, double gamma_dt, const State& out) const
    requires requires(const M& m) { m.solve_implicit(rhs, t, gamma_dt, out); }
  {
    model_.solve_implicit(rhs, t, gamma_dt, out);
  }
  template <class F> void for_each(const std::string& name, const F& f) const {
    for_each_interior_element(name, grid().cells, state_, f);
  }

 private:
  inline static const std::string label = std::string(M::name) + ".tendency";
  M model_;
  int variables_;
  State state_;
  HaloExchange<Real> halo_;
  StageTendency extra_;
};

/// A model and a time method make a solver. Nothing is allocated inside a step.
template <TendencyModel M, class Method>
  requires TimeMethod<Method, SemiDiscrete<M>>
class MethodOfLines : public Clock {
 public:
  using Model = M;
  using Real = typename M::Real;
  using State = StateView<Real>;
  static constexpr int finite_check_every = 16;  ///< steps between two looks for NaN where stable_dt() does not look

  /// From the tables `grid`, `solver`, `initial` of a case file. Collective.
  MethodOfLines(const OptionTree& case_file, MPI_Comm comm) : MethodOfLines(M(case_file, comm)) {
    run_collectively(grid().info.comm, [&] { set_initial_state(model(), state()); });
  }
  /// From a model, with a state of zeros.
  explicit MethodOfLines(M model) : system_(std::move(model)), stepper_(system_) {}

  const M& model() const { return system_.model(); }
  const Grid& grid() const { return system_.grid(); }
  /// With ghosts; the same memory from first to last.
  const State& state() const { return system_.state(); }
  void set_stage_tendency(StageTendency extra) { system_.set_extra(std::move(extra)); }

  /// One pass over all cells finds the largest rate and looks for NaN; none where the rate is the same everywhere.
  double stable_dt() {
    const auto rate = model().rate(state());
    using Rate = std::remove_const_t<decltype(rate)>;
    double largest = 0;
    if constexpr (std::is_convertible_v<Rate, double>) {
      largest = rate;
    } else {
      const detail::RateIfFinite<Real, Rate> kernel{state(), rate, system_.variables()};
      largest = max_over_ranks(grid(), local_max(label, grid().cells, kernel));
      if (!std::isfinite(largest)) fail_not_finite<M>(grid(), state(), time_);
    }
    return largest > 0 ? model().cfl() / largest : std::numeric_limits<double>::infinity();
  }

  /// Throws ConfigError unless dt is finite and > 0.
  void step(double dt) {
    check_time_step(M::name, dt);
    stepper_.step(system_, time_, dt);
    time_ += dt;
    if (++steps_ % finite_check_every == 0) require_finite_state<M>(grid(), state(), time_);
  }

 private:
  inline static const std::string label = std::string(M::name) + ".rate";
  SemiDiscrete<M> system_;
  typename Method::template Stepper<SemiDiscrete<M>> stepper_;
};

}  // namespace marea
