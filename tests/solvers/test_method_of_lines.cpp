// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/method_of_lines.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

using namespace marea;

namespace test_ode {

struct Decay {  // q' = -q^2 cos t, q(0) = 1: q = 1 / (1 + sin t), nonlinear and with explicit time
  StateView<double> q, dq;
  double cosine;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    dq(0, k, j, i) = -q(0, k, j, i) * q(0, k, j, i) * cosine;
  }
};

/// The same ordinary differential equation in every cell.
struct Model {
  using Real = double;
  using State = StateView<double>;
  static constexpr std::string_view name = "ode";
  Grid grid_;
  std::span<const FieldInfo> fields() const {
    static const std::vector<FieldInfo> fields{{.name = "q"}};
    return fields;
  }
  const Grid& grid() const { return grid_; }
  State make_state() const {
    const State q = marea::make_state<double>("q", grid_, 1);
    Kokkos::deep_copy(q, 1.0);
    return q;
  }
  void fill_ghosts(const State&, double) const {}
  void tendency(const State& q, double t, const State& dq) const {
    for_each_cell("ode", grid_.cells, Decay{q, dq, std::cos(t)});
  }
  double stable_dt(const State&) const { return std::numeric_limits<double>::infinity(); }
  std::vector<NamedScalar> invariants(const State&) const { return {}; }
  OptionTree options() const { return {}; }
};

Model make_model() {
  GridOptions o;
  o.nx = 4;
  return {make_grid(o, 1, MPI_COMM_SELF)};
}

template <class Method> double error(int steps) {
  MethodOfLines<Model, Method> solver(make_model());
  for (int n = 0; n < steps; ++n) solver.step(1.0 / steps);
  const auto q = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), solver.state());
  return std::fabs(q(0, 0, 0, 1) - 1 / (1 + std::sin(1.0)));
}

template <class Method> double order() { return std::log2(error<Method>(64) / error<Method>(128)); }

}  // namespace test_ode

TEST_CASE("each Runge-Kutta method has its order on a nonlinear equation with explicit time") {
  CHECK(std::fabs(test_ode::order<SspRk2>() - 2) < 0.1);
  CHECK(std::fabs(test_ode::order<SspRk3>() - 3) < 0.1);
}

TEST_CASE("a step that is not finite and positive is refused, and the time stays") {
  MethodOfLines<test_ode::Model, SspRk2> solver(test_ode::make_model());
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double dt : {0.0, -0.01, infinity, -infinity, std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_WITH_AS(solver.step(dt), doctest::Contains("must be finite and > 0"), ConfigError);
  CHECK(solver.time() == 0);
  CHECK(solver.steps() == 0);
}

TEST_CASE("a NaN in the state is found within sixteen steps, with field, cell and time") {
  MethodOfLines<test_ode::Model, SspRk2> solver(test_ode::make_model());
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), solver.state());
  host(0, 0, 0, 3) = std::numeric_limits<double>::quiet_NaN();
  Kokkos::deep_copy(solver.state(), host);
  const auto run = [&] {
    for (int n = 0; n < 16; ++n) solver.step(0.25);
  };
  CHECK_THROWS_WITH_AS(run(), "ode: q is not finite in cell (k = 0, j = 0, i = 2) at time 4; try a smaller cfl",
                       NumericalError);
}
