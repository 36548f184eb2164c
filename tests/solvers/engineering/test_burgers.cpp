// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/registry.hpp>

#include "support/verification.hpp"

using namespace marea;

namespace {

AnySolver solver(const std::vector<std::string>& overrides) {
  return make_solver(parse_case_text("[grid]\n[solver]\nname = \"burgers\"\n", "case.toml", overrides), MPI_COMM_SELF);
}

std::vector<double> values(SolverInterface& s, const std::string& field) {
  const Block& b = s.grid().block;
  const HostArray q(DType::f64, std::span<const std::int64_t>(b.extent.data(), static_cast<std::size_t>(b.rank)));
  s.read(field, q.ref());
  return {q.values<double>().begin(), q.values<double>().end()};
}

/// Solution of u_t + u u_x = nu u_xx that starts from sin(2 pi x), by quadrature of E. Hopf's integral (1950),
/// doi:10.1002/cpa.3160030302, eq. (8); J. D. Cole (1951), doi:10.1090/qam/42889. The trapezoidal rule on a smooth
/// integrand that is below e^-100 at both ends is exact to round-off.
double cole_hopf(double x, double t, double nu) {
  const double reach = std::sqrt(2 * t * (200 * nu + 2 / std::numbers::pi));
  constexpr int points = 4000;
  std::vector<double> exponent(points + 1);
  const auto at = [&](int n) { return x - reach + 2 * reach * n / points; };
  for (int n = 0; n <= points; ++n) {
    const double y = at(n), potential = (1 - std::cos(2 * std::numbers::pi * y)) / (2 * std::numbers::pi);
    exponent[n] = -(potential + (x - y) * (x - y) / (2 * t)) / (2 * nu);
  }
  const double largest = *std::ranges::max_element(exponent);
  double above = 0, below = 0;
  for (int n = 0; n <= points; ++n) {
    const double weight = std::exp(exponent[n] - largest);
    above += weight * (x - at(n)) / t;
    below += weight;
  }
  return above / below;
}

/// Steepest slope of the wave that starts as -sin(pi x) on [-1, 1], viscosity 0.01 / pi, when it is steepest.
double steepest_slope(int n) {
  AnySolver s = solver({"grid.nx=" + std::to_string(n), "grid.x=[-1.0, 1.0]",
                        "solver.viscosity=" + std::to_string(0.01 / std::numbers::pi), "initial.profile=\"sine\""});
  advance_to(*s, 1.6037 / std::numbers::pi);
  const std::vector<double> u = values(*s, "u");
  return (u[static_cast<std::size_t>(n / 2 - 1)] - u[static_cast<std::size_t>(n / 2)]) * n / 2;
}

constexpr double viscosity = 0.02, end = 0.2;

/// Mean error of u of a wave along x, on a grid of n cells along x and `across` along the other axes.
double error(int n, int across_y, int across_z) {
  AnySolver s = solver({"grid.nx=" + std::to_string(n), "grid.ny=" + std::to_string(across_y),
                        "grid.nz=" + std::to_string(across_z), "solver.viscosity=" + std::to_string(viscosity)});
  advance_to(*s, end);
  const std::vector<double> u = values(*s, "u");
  const std::vector<double>& x = s->grid().centres.back();
  double sum = 0;
  for (std::size_t m = 0; m < u.size(); ++m) sum += std::fabs(u[m] - cole_hopf(x[m % x.size()], end, viscosity));
  return sum / static_cast<double>(u.size());
}

/// Where a falling front passes the middle between its two values, linear between cell centres.
double front(SolverInterface& s) {
  const std::vector<double> u = values(s, "u");
  const std::vector<double>& x = s.grid().centres[0];
  for (std::size_t i = 0; i + 1 < u.size(); ++i)
    if (u[i] >= 0.5 && u[i + 1] < 0.5) return x[i] + (u[i] - 0.5) / (u[i] - u[i + 1]) * (x[i + 1] - x[i]);
  return NAN;
}

}  // namespace

TEST_CASE("in one dimension the error against Cole and Hopf falls with order two") {
  const double coarse = error(64, 0, 0), middle = error(128, 0, 0), fine = error(256, 0, 0);
  CHECK(std::fabs(std::log2(coarse / middle) - 2) < 0.2);
  test::verify("Burgers, sine wave: order against Cole and Hopf", std::log2(middle / fine), 2, 0.2);
  test::verify("Burgers, sine wave, 256 cells: mean error of u", fine, 0, 5e-5);  // of waves of height 1
}

// C. Basdevant et al. (1986), doi:10.1016/0045-7930(86)90036-8.
TEST_CASE("a wave steepens to the published slope") {
  CHECK(steepest_slope(1024) == doctest::Approx(152.00516).epsilon(0.05));
  if (!test::verifying()) return;
  test::verify("Burgers, 4096 cells: steepest slope of -sin(pi x), nu = 0.01 / pi", steepest_slope(4096), 152.00516,
               0.005 * 152.00516);
}

TEST_CASE("a wave along x is the one-dimensional solution in two and three dimensions too") {
  CHECK(std::fabs(std::log2(error(32, 4, 0) / error(64, 4, 0)) - 2) < 0.3);
  CHECK(error(64, 4, 4) == doctest::Approx(error(64, 4, 0)).epsilon(0.05));
}

TEST_CASE("a shock moves at the mean of its two sides, and stays within one cell without viscosity") {
  for (const char* precision : {"double", "single"}) {
    AnySolver s = solver({"grid.nx=200", "solver.viscosity=0", std::string("solver.precision=\"") + precision + "\"",
                          "initial.profile=\"step\"", "initial.position=0.3", "initial.left=1", "initial.right=0",
                          "grid.boundary_x=[\"open\",\"open\"]"});
    for (const double time : {0.2, 0.4, 0.8}) {
      advance_to(*s, time);
      CHECK(std::fabs(front(*s) - (0.3 + 0.5 * time)) < 0.005);  // Rankine and Hugoniot
    }
    const std::vector<double> u = values(*s, "u");
    CHECK(*std::ranges::max_element(u) <= 1 + 1e-6);
    CHECK(*std::ranges::min_element(u) >= -1e-6);
    CHECK(std::ranges::count_if(u, [](double v) { return v > 0.01 && v < 0.99; }) <= 4);
  }
}

TEST_CASE("a step that rises opens as a fan") {
  AnySolver s = solver({"grid.nx=200", "solver.viscosity=0", "initial.profile=\"step\"", "initial.position=0.3",
                        "initial.left=0", "initial.right=1", "grid.boundary_x=[\"open\",\"open\"]"});
  advance_to(*s, 0.5);
  const std::vector<double> u = values(*s, "u");
  const std::vector<double>& x = s->grid().centres[0];
  double sum = 0;
  for (std::size_t i = 0; i < u.size(); ++i) sum += std::fabs(u[i] - std::clamp((x[i] - 0.3) / 0.5, 0.0, 1.0));
  CHECK(sum / 200 < 0.002);  // first order at the two kinks: less than half a cell of 0.005
}

TEST_CASE("random waves keep the sum of every component in one, two and three dimensions") {
  for (const auto& [grid, components] : {std::pair{std::vector<std::string>{"grid.nx=48"}, 1},
                                         {{"grid.nx=24", "grid.ny=20"}, 2},
                                         {{"grid.nx=12", "grid.ny=10", "grid.nz=8"}, 3}}) {
    std::vector<std::string> overrides = grid;
    overrides.insert(overrides.end(), {"initial.profile=\"random_fourier\"", "initial.seed=3"});
    AnySolver s = solver(overrides);
    const auto before = s->invariants();
    REQUIRE(before.size() == static_cast<std::size_t>(components));
    advance_to(*s, 0.1);
    const auto after = s->invariants();
    // Each of at most 400 steps of three stages rounds each of some 1000 cells of at most 4.
    for (std::size_t n = 0; n < before.size(); ++n)
      CHECK(std::fabs(after[n].value - before[n].value) < 1000 * 1200 * 4 * 1.2e-16);
    CHECK(s->steps() > 5);
  }
}

TEST_CASE("a wall turns the component across it and lets nothing of the others through") {
  AnySolver s = solver({"grid.nx=16", "grid.ny=16", "solver.viscosity=0.05", "initial.profile=\"sine\"",
                        "initial.mean=1", "initial.amplitude=0", "grid.boundary_x=[\"wall\",\"wall\"]"});
  advance_to(*s, 0.5);
  const auto after = s->invariants();
  CHECK(after[0].value < 0.9 * 256);                                 // u is held back at both walls, where it is odd
  CHECK(std::fabs(after[1].value - 256) < 256 * 600 * 1.2e-16);      // u v / 2 vanishes at a wall: v stays
  const std::vector<double> u = values(*s, "u");
  CHECK(u.front() < 0.5);
}

TEST_CASE("a negative viscosity is refused with the rule") {
  CHECK_THROWS_WITH_AS(solver({"grid.nx=16", "solver.viscosity=-1"}), doctest::Contains("viscosity = -1 must be >= 0"),
                       ConfigError);
}

TEST_CASE("without viscosity more than one dimension is refused, and half a wave on a periodic axis") {
  CHECK_THROWS_WITH_AS(solver({"grid.nx=16", "grid.ny=16", "solver.viscosity=0"}),
                       doctest::Contains("must be > 0 in more than one dimension"), ConfigError);
  CHECK_THROWS_WITH_AS(solver({"grid.nx=16", "initial.profile=\"sine\"", "initial.waves=[0.5, 0, 0]"}),
                       doctest::Contains("waves = 0.5 along a periodic axis must be a whole number"), ConfigError);
}
