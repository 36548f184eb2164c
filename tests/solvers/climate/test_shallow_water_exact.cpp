// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <filesystem>
#include <numbers>
#include <utility>

#include <doctest/doctest.h>

#include <marea/io/hdf5.hpp>

#include "support/shallow_water_case.hpp"
#include "support/verification.hpp"

using namespace marea;
using namespace marea::test;

namespace {

/// Mean error of the depth after a smooth vortex has been carried once through a periodic square of side 10 m.
double vortex_error(int n, const std::string& options) {
  AnySolver solver = make_case(grid_table(n, n, -5, 5, -5, 5, "periodic", "periodic") +
                                   "[solver]\nbathymetry = -1.0\ngravity = 1.0\n" + options +
                                   "[initial]\nprofile = \"vortex\"\nspeed = 0.5\nlevel = 0.0\ncurrent = [1.0, 0.5]\n");
  const auto start = field_of(*solver, "h");
  advance_to(*solver, 4);
  // Radial balance u^2 / r = g dh/dr makes the vortex steady in the frame of the current.
  const auto wrapped = [](double d) { return d - 10 * std::round(d / 10); };
  return mean_error(*solver, "h", [&](double x, double y) {
    const double p = wrapped(x - 4), q = wrapped(y - 2);
    return 1 - 0.125 * std::exp(1 - (p * p + q * q));
  });
}

}  // namespace

TEST_CASE("a moving smooth vortex converges at second order") {
  // On coarser grids limiters cut the vortex's centre, and the error falls faster; mc, which limits more, on 100^2 too.
  for (const auto& [options, coarse] : {std::pair{"", 2.2}, std::pair{"limiter = \"mc\"\n", 2.4}}) {
    const double e1 = vortex_error(100, options), e2 = vortex_error(200, options), e3 = vortex_error(400, options);
    const double first = std::log2(e1 / e2), second = std::log2(e2 / e3);
    MESSAGE("vortex: mean errors ", e1, ", ", e2, ", ", e3, "; orders ", first, ", ", second);
    CHECK(first > 1.8);
    CHECK(first < coarse);
    verify("moving vortex: order, " + std::string(*options ? "mc" : "steep"), second, 2, 0.2);
  }
}

TEST_CASE("every limiter and Riemann solver converges with an order of 1.5 at least, superbee with order 1") {
  // A limiter flattens the vortex's centre: a step errs there by O(dx^2), O(1 / dx) steps by O(dx). First-order
  // diffusion, of a coefficient O(dx), spreads that over a width O(dx^(1/2)): a mean error O(dx^(3/2)), elsewhere O(dx^2).
  // Superbee's slopes exceed those of smooth waves, which become terraces: what a step errs by stays where it is made.
  for (const auto& [options, least] :
       {std::pair{"limiter = \"minmod\"\n", 1.5}, std::pair{"limiter = \"mc\"\n", 1.5},
        std::pair{"limiter = \"van_leer\"\n", 1.5}, std::pair{"limiter = \"superbee\"\n", 1.0},
        std::pair{"limiter = \"steep\"\n", 1.5}, std::pair{"riemann = \"rusanov\"\n", 1.5}}) {
    CAPTURE(std::string(options));
    const double order = std::log2(vortex_error(50, options) / vortex_error(100, options));
    CHECK(order > least);
  }
}

TEST_CASE("first order is first order") {
  const double e1 = vortex_error(100, "order = 1\n"), e2 = vortex_error(200, "order = 1\n");
  CHECK(std::log2(e1 / e2) > 0.7);
  CHECK(std::log2(e1 / e2) < 1.2);
}

TEST_CASE("Thacker's planar surface swings in a paraboloid") {
  // W. C. Thacker (1981), doi:10.1017/S0022112081001882: the surface stays a plane, the shoreline a circle of radius
  // `radius` whose centre runs round a circle of radius `displacement` with frequency sqrt(2 g depth) / radius.
  constexpr double gravity = 9.80665, depth = 0.1, radius = 1, displacement = 0.5;
  const double frequency = std::sqrt(2 * gravity * depth) / radius, period = 2 * std::numbers::pi / frequency;
  double errors[2], shore[2];
  for (int level = 0; level < 2; ++level) {
    AnySolver solver = make_case(grid_table(50 << level, 50 << level, -2, 2, -2, 2, "wall", "wall") +
                                     "[solver]\ndry_depth = 1e-5\n[solver.bathymetry]\nprofile = \"paraboloid\"\n"
                                     "[initial]\nprofile = \"parabolic_bowl\"\n");
    const double volume = invariant(*solver, "volume");
    advance_to(*solver, period);
    CHECK(invariant(*solver, "volume") == doctest::Approx(volume).epsilon(1e-15 * std::sqrt(solver->steps())));
    const auto exact = [&](double x, double y) {
      const double bed = depth * ((x * x + y * y) / (radius * radius) - 1);
      const double eta = displacement * depth / (radius * radius) * (2 * x - displacement);
      return std::max(0.0, eta - bed);
    };
    errors[level] = mean_error(*solver, "h", exact);
    // The shoreline on the axis of motion: the water's rightmost cell along y = 0.
    const auto h = field_of(*solver, "h");
    const int n = 50 << level, row = n / 2;
    double rightmost = -2, centre = 0, water = 0;
    for (int i = 0; i < n; ++i) {
      const double x = solver->grid().centres[1][i];
      if (h[row * n + i] > 1e-3) rightmost = x;
      for (int j = 0; j < n; ++j) centre += h[j * n + i] * x, water += h[j * n + i];
    }
    shore[level] = std::fabs(rightmost - (displacement + radius));
    // After one period the centre of the water is back: an error of the period shows here.
    if (level == 0) CHECK(centre / water == doctest::Approx(displacement).epsilon(0.03));
    else verify("Thacker's bowl, 100² cells: centre of mass after a period [m]", centre / water, displacement, 0.005);
    CHECK(*std::min_element(h.begin(), h.end()) >= 0);
  }
  MESSAGE("Thacker: mean depth errors ", errors[0], ", ", errors[1], "; shoreline off by ", shore[0], ", ", shore[1], " m");
  verify("Thacker's bowl, 100² cells: mean error of h [m]", errors[1], 0, 1e-3);
  CHECK(std::log2(errors[0] / errors[1]) > 0.9);
  verify("Thacker's bowl, 100² cells: error of the shoreline [m]", shore[1], 0, 3 * 4.0 / 100);
}

TEST_CASE("a uniform flow turns with the Coriolis parameter, neither faster nor slower, over ten inertial periods") {
  AnySolver solver = make_case(grid_table(8, 8, 0, 1e5, 0, 1e5, "periodic", "periodic") +
                                   "[solver]\nbathymetry = -10.0\ncoriolis = 1e-4\n"
                                   "[initial]\nprofile = \"vortex\"\nspeed = 0.0\nlevel = 0.0\ncurrent = [1.0, 0.0]\n");
  const double period = 2 * std::numbers::pi / 1e-4;
  advance_to(*solver, 0.25 * period);
  const auto velocity = field_of(*solver, "velocity");
  // Steps of f dt = 0.055: a step turns by 2 atan(f dt / 2), which lags (f dt)^2 / 12 a radian.
  CHECK(velocity[0] == doctest::Approx(0).scale(1).epsilon(5e-4));
  // To the right on the northern hemisphere.
  verify("inertial oscillation, a quarter of a period: v over the initial u", velocity[1], -1, 5e-4);
  for (const double end : {0.25 * period, 10 * period}) {
    advance_to(*solver, end);
    for (const double speed : field_of(*solver, "speed"))
      CHECK(std::fabs(speed - 1) < 1e-15 * static_cast<double>(solver->steps()));  // some roundings a step
  }
}

TEST_CASE("a Coriolis step as long as a quarter of a radian and more keeps the speed") {
  AnySolver solver = make_case(grid_table(8, 8, 0, 1e7, 0, 1e7, "periodic", "periodic") +
                                   "[solver]\nbathymetry = -10.0\ncoriolis = 1e-4\n"
                                   "[initial]\nprofile = \"vortex\"\nspeed = 0.0\nlevel = 0.0\ncurrent = [1.0, 0.0]\n");
  for (int n = 0; n < 100; ++n) solver->step(2e4);  // f dt = 2
  CHECK(field_of(*solver, "speed")[0] == doctest::Approx(1).epsilon(1e-13));
}

TEST_CASE("Manning friction slows a uniform flow as the exact solution says, to first order in the step") {
  constexpr double n = 0.03, depth = 0.5, gravity = 9.80665;
  const double k = gravity * n * n / std::pow(depth, 4.0 / 3);
  for (const char* cfl : {"0.1", "1.0"}) {
    AnySolver solver = make_case(grid_table(8, 8, 0, 100, 0, 100, "periodic", "periodic") +
                                     "[solver]\nbathymetry = -0.5\nmanning = 0.03\ncfl = " + cfl +
                                     "\n[initial]\nprofile = \"vortex\"\nspeed = 0.0\nlevel = 0.0\ncurrent = [3.0, 4.0]\n");
    double lag = 0;
    while (solver->time() < 60) {
      const double dt = solver->stable_dt();
      solver->step(dt);
      lag += k * k * dt * dt * field_of(*solver, "speed")[10] * (1 + k * dt * 5);
    }
    // Exact: 1/s grows by k dt. Implicit Euler: by k dt s' / s >= k dt - (k dt)^2 s, s <= s' (1 + k dt 5 m/s).
    const double exact = 1.0 / 5 + k * solver->time(), found = 1 / field_of(*solver, "speed")[10];
    CHECK(found < exact);
    CHECK(found > exact - lag);
    CHECK(lag < 0.1 * exact);
  }
}

TEST_CASE("flow down a slope comes to Manning's normal velocity whatever the step") {
  // u = h^(2/3) sqrt(S) / n, from rest as tanh(g S t / u). The bed is above sea level: open ends let the state pass.
  // Cell 150 of 200 of 10 m: what the upper end does, at 6 m/s, is not there within 150 s.
  constexpr double slope = 0.01, manning = 0.033;
  const std::string path = "test_shallow_water_slope.h5";
  {
    std::vector<double> x(201), y{0, 10, 20, 30, 40}, bed;
    for (int i = 0; i <= 200; ++i) x[i] = 10 * i;
    for (int j = 0; j < 5; ++j)
      for (const double at : x) bed.push_back(30 - slope * at);
    hdf5::File file(path, hdf5::Access::create);
    file.write_dataset("x", make_array_ref(x.data(), {201}));
    file.write_dataset("y", make_array_ref(y.data(), {5}));
    file.write_dataset("bathymetry", make_array_ref(bed.data(), {5, 201}));
  }
  for (const char* cfl : {"0.1", "0.9"}) {
    AnySolver solver = make_case(grid_table(200, 4, 0, 2000, 0, 40, "open", "periodic") +
                                 "[solver]\nmanning = 0.033\ncfl = " + cfl + "\nbathymetry = { file = \"" + path +
                                 "\" }\n");
    HostArray h(DType::f64, {4, 200}), rest(DType::f64, {4, 200, 2});
    for (double& value : h.values<double>()) value = 1;
    for (double& value : rest.values<double>()) value = 0;
    const NamedArray fields[] = {{"h", h.ref()}, {"velocity", rest.ref()}};
    solver->write(fields);
    advance_to(*solver, 150);  // tanh(4.9) = 0.9999
    const double found = field_of(*solver, "velocity")[2 * 150];
    MESSAGE("normal flow at cfl ", std::string(cfl), ": ", found, " m/s");
    verify("flow down a slope of 1 %, cfl = " + std::string(cfl) + ": Manning's normal velocity [m/s]", found,
           std::sqrt(slope) / manning, 0.01 * std::sqrt(slope) / manning);
  }
  std::filesystem::remove(path);
}
