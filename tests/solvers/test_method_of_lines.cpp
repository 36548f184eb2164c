// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/method_of_lines.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

using namespace marea;

namespace test_ode {

struct Decay {  // q' = -q^2 cos t, q(0) = 1: q = 1 / (1 + sin t), nonlinear and with explicit time
  StateView<double> q;
  double cosine;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i, double* dq) const {
    dq[0] = -q(0, k, j, i) * q(0, k, j, i) * cosine;
  }
};

/// The same ordinary differential equation in every cell.
struct Model {
  using Real = double;
  static constexpr std::string_view name = "ode";
  static constexpr int max_variables = 1;
  Grid grid_;
  static const std::vector<Field<Model>>& fields() {
    static const std::vector<Field<Model>> all{prognostic<Model>(0, {.name = "q"})};
    return all;
  }
  static const std::vector<Conserved<Model>>& conserved() {
    static const std::vector<Conserved<Model>> none;
    return none;
  }
  const Grid& grid() const { return grid_; }
  OptionTree options() const { return {}; }
  OptionTree initial_table() const { return {}; }
  int variables() const { return 1; }
  void fill_ghosts(const StateView<double>&, double) const {}
  Decay tendency(const StateView<double>& q, double t) const { return {q, std::cos(t)}; }
  double rate(const StateView<double>&) const { return 0; }
  double cfl() const { return 1; }
};

Model make_model() {
  GridOptions o;
  o.nx = 4;
  return {make_grid(o, 1, MPI_COMM_SELF)};
}

/// A solver that starts from q = 1.
template <class Method> MethodOfLines<Model, Method> make_solver() {
  MethodOfLines<Model, Method> solver(make_model());
  Kokkos::deep_copy(solver.state(), 1.0);
  return solver;
}

template <class Method> double error(int steps) {
  auto solver = make_solver<Method>();
  for (int n = 0; n < steps; ++n) solver.step(1.0 / steps);
  const auto q = host_mirror_and_copy(solver.state());
  return std::fabs(q(0, 0, 0, 1) - 1 / (1 + std::sin(1.0)));
}

template <class Method> double order() { return std::log2(error<Method>(64) / error<Method>(128)); }

}  // namespace test_ode

TEST_CASE("each Runge-Kutta method has its order on a nonlinear equation with explicit time") {
  CHECK(std::fabs(test_ode::order<SspRk2>() - 2) < 0.1);
  CHECK(std::fabs(test_ode::order<SspRk3>() - 3) < 0.1);
}

TEST_CASE("a step that is not finite and positive is refused, and the time stays") {
  auto solver = test_ode::make_solver<SspRk2>();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double dt : {0.0, -0.01, infinity, -infinity, std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_WITH_AS(solver.step(dt), doctest::Contains("must be finite and > 0"), ConfigError);
  CHECK(solver.time() == 0);
  CHECK(solver.steps() == 0);
}

TEST_CASE("a NaN in the state is found within sixteen steps, with field, cell and time") {
  auto solver = test_ode::make_solver<SspRk2>();
  const auto host = host_mirror_and_copy(solver.state());
  host(0, 0, 0, 3) = std::numeric_limits<double>::quiet_NaN();
  Kokkos::deep_copy(solver.state(), host);
  const auto run = [&] {
    for (int n = 0; n < 16; ++n) solver.step(0.25);
  };
  CHECK_THROWS_WITH_AS(run(), "ode: q is not finite in cell (i = 2) at time 4; try a smaller cfl",
                       NumericalError);
}
