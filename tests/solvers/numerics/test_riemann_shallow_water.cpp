// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/numerics/riemann_shallow_water.hpp>

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

using namespace marea::shallow_water;
using doctest::Approx;

namespace {

using State = FaceState<double>;
using Flux = FaceFlux<double>;

void check(const Flux& f, double mass, double normal_left, double normal_right, double along) {
  CHECK(f.mass == Approx(mass));
  CHECK(f.normal_left == Approx(normal_left));
  CHECK(f.normal_right == Approx(normal_right));
  CHECK(f.along == Approx(along));
}

/// Wet, dry, slow, fast, flowing apart and together.
const std::vector<State> states{{1, 0, 2}, {4, 0.5, -1}, {0.5, -3, 0.25}, {2, 7, -4}, {0, 0, 0}, {1e-6, 0.1, 3}};

}  // namespace

TEST_CASE_TEMPLATE("equal states have the physical flux", Solver, Hllc, Rusanov) {
  for (const State& s : states) {
    const double advected = s.h * s.u * s.u;  // h u^2 + g h^2 / 2 beyond g h^2 / 2
    check(Solver::flux(s, s, 9.81), s.h * s.u, advected, advected, s.h * s.u * s.v);
  }
}

TEST_CASE_TEMPLATE("water at rest has no flux, exactly", Solver, Hllc, Rusanov) {
  const State rest{3.7, 0, 0};
  const Flux f = Solver::flux(rest, rest, 9.80665);
  CHECK((f.mass == 0 && f.normal_left == 0 && f.normal_right == 0 && f.along == 0));
}

TEST_CASE("Rusanov's flux by hand") {
  // g = 1; the largest speed is 0.5 + 2 = 2.5. Half the sum of the fluxes minus 2.5 / 2 times the jump.
  const State l{1, 1, 2}, r{4, 0.5, -1};
  const double momentum = 0.5 * (1.5 + 9) - 1.25 * (2 - 1);
  check(Rusanov::flux(l, r, 1.0), 0.5 * (1 + 2) - 1.25 * (4 - 1), momentum - 0.5, momentum - 8,
        0.5 * (2 - 2) - 1.25 * (-4 - 2));
}

TEST_CASE("the HLLC flux by hand: HLL, and the momentum along the face from upwind of the contact") {
  // g = 1, celerities 1 and 2: speeds -c and 2 with c = 3/2 (1 + 1/18) = 19/12 for Roe's sqrt(5/2) = 1.5811.
  const State l{1, 0, 2}, r{4, 0, -1};
  const auto speeds = Hllc::speeds(l, r, 1.0);
  CHECK(speeds.left == Approx(-19.0 / 12));
  CHECK(speeds.right == 2);
  check(Hllc::flux(l, r, 1.0), -114.0 / 43, 164.0 / 43 - 0.5, 164.0 / 43 - 8, 114.0 / 43);
}

TEST_CASE("supercritical flow takes the flux of the side it comes from") {
  const State l{1, 5, 2}, r{0.5, 6, -1};
  check(Hllc::flux(l, r, 1.0), 5, 25, 25 + 0.5 * (1 - 0.25), 10);
  check(Hllc::flux({0.5, -6, -1}, {1, -5, 2}, 1.0), -5, 25 + 0.5 * (1 - 0.25), 25, -10);
}

TEST_CASE("water runs onto a dry side with speed 2 c") {
  const State wet{1, 0, 3}, dry{0, 0, 0};
  const auto speeds = Hllc::speeds(wet, dry, 1.0);
  CHECK(speeds.left == -1);
  CHECK(speeds.right == 2);
  check(Hllc::flux(wet, dry, 1.0), 2.0 / 3, 1.0 / 3 - 0.5, 1.0 / 3, 2);
  check(Rusanov::flux(wet, dry, 1.0), 0.5, 0.25 - 0.5, 0.25, 1.5);
  check(Hllc::flux(dry, dry, 1.0), 0, 0, 0, 0);
}

TEST_CASE_TEMPLATE("a velocity along the face that both sides share is carried by the mass", Solver, Hllc, Rusanov) {
  for (State l : states)
    for (State r : states) {
      l.v = r.v = -1.75;
      const Flux f = Solver::flux(l, r, 9.81);
      CHECK(f.along == Approx(-1.75 * f.mass));
    }
}

TEST_CASE_TEMPLATE("mirrored states have the mirrored flux, bit for bit", Solver, Hllc, Rusanov) {
  for (const State& l : states)
    for (const State& r : states) {
      const Flux f = Solver::flux(l, r, 9.81), m = Solver::flux({r.h, -r.u, r.v}, {l.h, -l.u, l.v}, 9.81);
      CHECK(m.mass == -f.mass);
      CHECK(m.normal_left == f.normal_right);
      CHECK(m.normal_right == f.normal_left);
      CHECK(m.along == -f.along);
    }
}
