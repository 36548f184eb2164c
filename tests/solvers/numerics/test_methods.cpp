// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/methods/etdrk4.hpp>
#include <marea/solvers/numerics/methods/imex.hpp>
#include <marea/solvers/numerics/methods/ssp_runge_kutta.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

using namespace marea;

namespace test_methods {

using Complex = Kokkos::complex<double>;

/// u' = lambda (u - bound(t)) + rest(u, t) in every element n: each equation with a solution that is known.

/// u = 1 / (1 + sin t): nonlinear, explicit time, not stiff.
template <class Number> struct Smooth {
  using T = Number;
  using L = double;
  static constexpr int elements = 3;
  KOKKOS_INLINE_FUNCTION static L lambda(int) { return -1; }
  KOKKOS_INLINE_FUNCTION static T bound(double, int) { return T(0); }
  KOKKOS_INLINE_FUNCTION static T rest(T u, double t, int) { return u - u * u * std::cos(t); }
  KOKKOS_INLINE_FUNCTION static T exact(double t, int) { return T(1 / (1 + std::sin(t))); }
};

/// u = 2 + sin t, to which a stiff relaxation binds the state.
/// Source: A. Prothero, A. Robinson (1974), doi:10.1090/S0025-5718-1974-0331793-2.
struct Bound {
  using T = double;
  using L = double;
  static constexpr int elements = 1;
  KOKKOS_INLINE_FUNCTION static L lambda(int) { return -1e4; }
  KOKKOS_INLINE_FUNCTION static T bound(double t, int) { return 2 + std::sin(t); }
  KOKKOS_INLINE_FUNCTION static T rest(T, double t, int) { return std::cos(t); }
  KOKKOS_INLINE_FUNCTION static T exact(double t, int) { return 2 + std::sin(t); }
};

/// Modes k = 0 … 15 of an equation of Kuramoto and Sivashinsky's kind with dispersion, lambda = k^2 - k^4 + i k^3 to
/// -50400, whose amplitudes e^(-k^2) turn with frequency k.
struct Modes {
  using T = Complex;
  using L = Complex;
  static constexpr int elements = 16;
  KOKKOS_INLINE_FUNCTION static L lambda(int k) { return L(double(k * k - k * k * k * k), double(k * k * k)); }
  KOKKOS_INLINE_FUNCTION static T bound(double, int) { return T(0); }
  KOKKOS_INLINE_FUNCTION static T exact(double t, int k) {
    return std::exp(-double(k * k)) * T(std::cos(k * t), std::sin(k * t));
  }
  KOKKOS_INLINE_FUNCTION static T rest(T u, double t, int k) {
    const T g = exact(t, k);
    return T(0, double(k)) * g - lambda(k) * g + g * g - u * u;
  }
};

template <class Equation> class Elements {
 public:
  using T = typename Equation::T;
  using L = typename Equation::L;
  using State = Kokkos::View<T*, Device::memory_space>;

  struct Start {
    State u;
    Kokkos::View<L*, Device::memory_space> lambda;
    KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const {
      u(n) = Equation::exact(0, int(n));
      lambda(n) = Equation::lambda(int(n));
    }
  };
  struct Rate {
    State u, out;
    double t;
    bool linear, binding;  ///< whether lambda u and -lambda bound belong to it
    KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const {
      T sum = Equation::rest(u(n), t, int(n));
      if (linear) sum += Equation::lambda(int(n)) * u(n);
      if (binding) sum -= Equation::lambda(int(n)) * Equation::bound(t, int(n));
      out(n) = sum;
    }
  };
  struct Solve {
    State rhs, out;
    double t, gamma_dt;
    KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const {
      const L z = gamma_dt * Equation::lambda(int(n));
      out(n) = (rhs(n) - z * Equation::bound(t, int(n))) / (1.0 - z);
    }
  };

  Elements() : u_("u", Equation::elements), lambda_("lambda", Equation::elements) {
    for_each("start", Start{u_, lambda_});
  }
  const State& state() { return u_; }
  State make_like(const std::string& label) const { return State(label, Equation::elements); }
  template <class F> void for_each(const std::string& label, const F& f) const {
    for_each_element(label, Equation::elements, f);
  }
  void tendency(const State& u, double t, const State& out) { for_each("tendency", Rate{u, out, t, true, true}); }
  const Kokkos::View<L*, Device::memory_space>& linear() const { return lambda_; }
  void nonlinear(const State& u, double t, const State& out) { for_each("nonlinear", Rate{u, out, t, false, true}); }
  void explicit_tendency(const State& u, double t, const State& out) {
    for_each("explicit", Rate{u, out, t, false, false});
  }
  void solve_implicit(const State& rhs, double t, double gamma_dt, const State& out) {
    for_each("solve", Solve{rhs, out, t, gamma_dt});
  }

  double error(double t) const {
    const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), u_);
    double worst = 0;
    for (int n = 0; n < Equation::elements; ++n)
      worst = std::max(worst, double(std::abs(std::complex<double>(Complex(host(n) - Equation::exact(t, n))))));
    return worst;
  }

 private:
  State u_;
  Kokkos::View<L*, Device::memory_space> lambda_;
};

/// y' = -z, z' = (y^2 - z) / epsilon, which binds z to y^2: y = 1 / (1 + t) but for epsilon = 1e-11.
class Relaxation {
 public:
  using State = Kokkos::View<double*, Device::memory_space>;
  static constexpr double epsilon = 1e-11;
  struct Explicit {
    State u, out;
    KOKKOS_INLINE_FUNCTION void operator()(std::int64_t) const { out(0) = -u(1), out(1) = 0; }
  };
  struct Solve {
    State rhs, out;
    double stiffness;
    KOKKOS_INLINE_FUNCTION void operator()(std::int64_t) const {
      out(0) = rhs(0);
      out(1) = (rhs(1) + stiffness * rhs(0) * rhs(0)) / (1 + stiffness);
    }
  };

  Relaxation() : u_("u", 2) { Kokkos::deep_copy(u_, 1.0); }
  const State& state() { return u_; }
  State make_like(const std::string& label) const { return State(label, 2); }
  template <class F> void for_each(const std::string& label, const F& f) const { for_each_element(label, 2, f); }
  void explicit_tendency(const State& u, double, const State& out) {
    for_each_element("explicit", 1, Explicit{u, out});
  }
  void solve_implicit(const State& rhs, double, double gamma_dt, const State& out) {
    for_each_element("solve", 1, Solve{rhs, out, gamma_dt / epsilon});
  }
  double error(double t) const {
    const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), u_);
    const double y = 1 / (1 + t);
    return std::max(std::fabs(host(0) - y), std::fabs(host(1) - y * y));
  }

 private:
  State u_;
};

/// Largest error at time 1 after so many steps.
template <class Method, class S> double error(int steps) {
  S system;
  typename Method::template Stepper<S> stepper(system);
  for (int n = 0; n < steps; ++n) stepper.step(system, double(n) / steps, 1.0 / steps);
  return system.error(1);
}

/// Orders between three step sizes, each half of the one before.
template <class Method, class S> std::array<double, 2> orders(int steps) {
  static_assert(TimeMethod<Method, S>);
  const double e[3] = {error<Method, S>(steps), error<Method, S>(2 * steps), error<Method, S>(4 * steps)};
  return {std::log2(e[0] / e[1]), std::log2(e[1] / e[2])};
}

/// All within 0.2 of `nominal`.
void are(const std::array<double, 2>& found, double nominal) {
  INFO("orders ", found[0], ", ", found[1]);
  CHECK(std::fabs(found[0] - nominal) < 0.2);
  CHECK(std::fabs(found[1] - nominal) < 0.2);
}

/// The tableau of an ARS method with its first column: stages 0 … s, stage 0 the start.
template <class Method, bool Implicit> std::vector<std::vector<double>> tableau() {
  constexpr int s = Method::stages;
  std::vector<std::vector<double>> a(s + 1, std::vector<double>(s + 1));
  for (int i = 0; i < s; ++i)
    for (int j = 0; j < s; ++j)
      a[i + 1][Implicit ? j + 1 : j] = (Implicit ? Method::implicit_weights : Method::explicit_weights)[i][j];
  return a;
}

int allocations = 0;
void count_allocation(Kokkos::Tools::SpaceHandle, const char*, const void*, std::uint64_t) { ++allocations; }

template <class Method> int allocations_of_a_step() {
  Elements<Smooth<double>> system;
  typename Method::template Stepper<Elements<Smooth<double>>> stepper(system);
  allocations = 0;
  Kokkos::Tools::Experimental::set_allocate_data_callback(count_allocation);
  stepper.step(system, 0, 0.1);
  const int in_a_step = allocations;
  const auto one = system.make_like("one");
  Kokkos::Tools::Experimental::set_allocate_data_callback(nullptr);
  CHECK(allocations == in_a_step + 1);  // it is counted
  return in_a_step;
}

}  // namespace test_methods

using namespace test_methods;

TEST_CASE("each method has its order where nothing is stiff, on real and on complex elements") {
  are(orders<SspRk2, Elements<Smooth<double>>>(32), 2);
  are(orders<SspRk3, Elements<Smooth<double>>>(32), 3);
  are(orders<Etdrk4, Elements<Smooth<double>>>(8), 4);
  are(orders<ImexArs222, Elements<Smooth<double>>>(32), 2);
  are(orders<ImexArs443, Elements<Smooth<double>>>(32), 3);
  are(orders<SspRk3, Elements<Smooth<Complex>>>(32), 3);
  are(orders<Etdrk4, Elements<Smooth<Complex>>>(8), 4);
  are(orders<ImexArs443, Elements<Smooth<Complex>>>(32), 3);
}

TEST_CASE("a state that a stiff relaxation binds has the orders of the theory, with a small factor") {
  // Order 2: M. Hochbruck, A. Ostermann (2005), doi:10.1137/040611434, table 2, for the method of Cox and Matthews.
  are(orders<Etdrk4, Elements<Bound>>(16), 2);
  CHECK(error<Etdrk4, Elements<Bound>>(16) < 1e-7);
  // dt / |lambda| for a stiffly accurate method of stage order 1: E. Hairer, G. Wanner (1996),
  // doi:10.1007/978-3-642-05221-7, section IV.15.
  are(orders<ImexArs222, Elements<Bound>>(8), 1);
  are(orders<ImexArs443, Elements<Bound>>(8), 1);
  CHECK(error<ImexArs443, Elements<Bound>>(8) < 1.0 / 8 / 1e4);
}

TEST_CASE("a variable that a relaxation of any stiffness binds to another one keeps the order") {
  // The last stage satisfies the limit's constraint: S. Boscarino (2007), doi:10.1137/060656929.
  are(orders<ImexArs222, Relaxation>(16), 2);
  are(orders<ImexArs443, Relaxation>(16), 3);
}

TEST_CASE("ETDRK4 has order four on smooth solutions over stiff complex modes") {
  are(orders<Etdrk4, Elements<Modes>>(32), 4);
}

TEST_CASE("the coefficients of every SSP stage are positive and sum to one: convex combinations of Euler steps") {
  const auto check = [](const auto& stages) {
    double time = 0;  // of the stage's state: a 0 + b (time + 1)
    for (const SspStage& s : stages) {
      CHECK((s.a >= 0 && s.b > 0 && std::fabs(s.a + s.b - 1) < 1e-15));
      CHECK(s.c == doctest::Approx(time).epsilon(1e-15));
      time = s.b * (time + 1);
    }
    CHECK(time == doctest::Approx(1).epsilon(1e-15));
  };
  check(SspRk2::stages);
  check(SspRk3::stages);
}

template <class Method> void check_ars() {
  constexpr int s = Method::stages;
  const auto explicit_a = tableau<Method, false>(), implicit_a = tableau<Method, true>();
  std::vector<double> c(s + 1);
  std::copy(Method::c.begin(), Method::c.end(), c.begin() + 1);
  const auto dot = [](const std::vector<double>& row, const std::vector<double>& values) {
    double sum = 0;
    for (std::size_t j = 0; j < row.size(); ++j) sum += row[j] * values[j];
    return sum;
  };
  const auto is = [](double value, double expected) { CHECK(std::fabs(value - expected) < 4e-16); };
  std::vector<double> square(s + 1);
  for (int i = 0; i <= s; ++i) square[i] = c[i] * c[i];
  for (const auto* a : {&explicit_a, &implicit_a}) {
    for (int i = 0; i <= s; ++i) is(dot((*a)[i], std::vector<double>(s + 1, 1.0)), c[i]);
    is(dot((*a)[s], c), 1.0 / 2);
    if (Method::order < 3) continue;
    is(dot((*a)[s], square), 1.0 / 3);
    for (const auto* inner : {&explicit_a, &implicit_a}) {  // no condition couples F and G but this one
      std::vector<double> slope(s + 1);
      for (int i = 0; i <= s; ++i) slope[i] = dot((*inner)[i], c);
      is(dot((*a)[s], slope), 1.0 / 6);
    }
  }
  for (int i = 1; i <= s; ++i) CHECK(implicit_a[i][i] == Method::gamma);
}

TEST_CASE("the implicit-explicit tableaux satisfy every condition of their order") {
  check_ars<ImexArs222>();
  check_ars<ImexArs443>();
}

TEST_CASE("the weights of ETDRK4 are those of Simpson's rule at 0 and integrate powers of time exactly elsewhere") {
  // The last term: z has an error of 1e-16 |z|, e^z one of 1e-16 |z e^z|, and the weights divide it by z.
  const auto close = [](Complex a, Complex b, Complex z) {
    return Kokkos::abs(a - b) <= 1e-14 * Kokkos::abs(b) + 1e-15 * std::exp(z.real());
  };
  const auto zero = detail::etd_weights(Complex(0));
  CHECK(close(zero.half, 0.5, 0));
  CHECK(close(zero.start, 1.0 / 6, 0));
  CHECK(close(zero.middle, 1.0 / 3, 0));
  CHECK(close(zero.end, 1.0 / 6, 0));
  for (const Complex z : {Complex(1e-9), Complex(-0.3), Complex(1), Complex(-1), Complex(0, 1), Complex(-1.2, 0.9),
                          Complex(2.5), Complex(-3, 40), Complex(0, 1e3), Complex(-1e4), Complex(-1e9, 1e5)}) {
    // phi_m = integral over [0, 1] of e^((1 - s) z) s^(m - 1) / (m - 1)! ds
    Complex phi[4] = {Kokkos::exp(z), 0, 0, 0};
    for (int m = 1; m <= 3; ++m) {
      const double factorial = m == 3 ? 2 : 1;
      if (Kokkos::abs(z) > 2) {
        phi[m] = (phi[m - 1] - 1.0 / factorial) / z;
      } else {
        Complex term = 1 / (m == 1 ? 1.0 : m == 2 ? 2.0 : 6.0);
        for (int n = 1; n < 40; ++n) {
          phi[m] += term;
          term = term * z / double(n + m);
        }
      }
    }
    const auto w = detail::etd_weights(z);
    CAPTURE(z.real());
    CAPTURE(z.imag());
    CHECK(close(w.start + 2.0 * w.middle + w.end, phi[1], z));
    CHECK(close(w.middle + w.end, phi[2], z));
    CHECK(close(0.25 * w.middle + 0.5 * w.end, phi[3], z));
  }
}

TEST_CASE("a step allocates nothing") {
  CHECK(allocations_of_a_step<SspRk3>() == 0);
  CHECK(allocations_of_a_step<Etdrk4>() == 0);
  CHECK(allocations_of_a_step<ImexArs222>() == 0);
  CHECK(allocations_of_a_step<ImexArs443>() == 0);
}
