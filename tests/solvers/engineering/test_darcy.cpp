// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/registry.hpp>

#include "support/verification.hpp"

using namespace marea;

namespace {

using Lines = std::vector<std::string>;

AnySolver solver(const Lines& overrides) {
  const std::string text = "[grid]\nnx = 32\nny = 32\nboundary_x = [\"fixed\", \"fixed\"]\n"
                           "boundary_y = [\"fixed\", \"fixed\"]\n"
                           "[solver]\nname = \"darcy\"\n";
  return make_solver(parse_case_text(text, "case.toml", overrides), MPI_COMM_SELF);
}
std::vector<double> values(SolverInterface& s, const std::string& field) {
  const Block& b = s.grid().block;
  const HostArray q(DType::f64, std::span<const std::int64_t>(b.extent.data(), static_cast<std::size_t>(b.rank)));
  s.read(field, q.ref());
  return {q.values<double>().begin(), q.values<double>().end()};
}
std::vector<double> pressure(const Lines& overrides) {
  AnySolver s = solver(overrides);
  s->step(1);
  return values(*s, "p");
}
std::string cells(int n) { return std::to_string(n); }

/// Pressure of -Laplace(p) = 1 on the unit square, 0 on its sides, as a series over odd wave numbers along x whose
/// other factor is exact.
double square(double x, double y) {
  double sum = 0;
  for (int m = 1; m < 400; m += 2) {
    const double k = m * std::numbers::pi;
    const double profile = 1 - (std::exp(-k * y) + std::exp(-k * (1 - y))) / (1 + std::exp(-k));
    sum += 4 / (k * k * k) * std::sin(k * x) * profile;
  }
  return sum;
}
/// Flow through a unit square between pressures of 1 and 0 along x, two by two blocks of permeabilities 3 and 12, on
/// n x n cells.
double flow_through_checkerboard(int n) {
  const char* path = "test_darcy_checkerboard.h5";
  std::vector<double> a;
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) a.push_back((2 * i < n) == (2 * j < n) ? 3 : 12);
  hdf5::File(path, hdf5::Access::create).write_dataset("permeability", make_array_ref(a.data(), {n, n}));
  const std::vector<double> p = pressure({"grid.nx=" + cells(n), "grid.ny=" + cells(n), "solver.source=0.0",
                                          "grid.boundary_y=[\"wall\", \"wall\"]",
                                          "solver.pressure_low=[1.0, 0.0, 0.0]", "solver.tolerance=1e-10",
                                          std::string("solver.permeability={ file = \"") + path + "\" }"});
  std::filesystem::remove(path);
  double flow = 0;  // through half a cell each, from the end at x = 0
  for (std::size_t cell = 0; cell < p.size(); cell += static_cast<std::size_t>(n)) flow += 2 * a[cell] * (1 - p[cell]);
  return flow;
}
/// The torsion constant of a bar whose section is 1 x `length`, over its length: four times the mean of p, -Laplace(p) = 1.
double torsion_constant(int length, int cells_across) {
  const std::vector<double> p = pressure({"grid.nx=" + cells(cells_across), "grid.ny=" + cells(cells_across * length),
                                          "grid.y=[0.0, " + cells(length) + ".0]", "solver.permeability=1.0"});
  return 4 * std::accumulate(p.begin(), p.end(), 0.0) / static_cast<double>(p.size());
}
double error_of_square(int n) {
  const std::vector<double> p = pressure({"grid.nx=" + cells(n), "grid.ny=" + cells(n), "solver.permeability=1.0"});
  double sum = 0;
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i)
      sum += std::fabs(p[static_cast<std::size_t>(j * n + i)] - square((i + 0.5) / n, (j + 0.5) / n));
  return sum / n / n;
}

}  // namespace

TEST_CASE("the pressure of a uniform square is the series of second order on three grids") {
  const double coarse = error_of_square(32), middle = error_of_square(64), fine = error_of_square(128);
  CHECK(std::log2(coarse / middle) == doctest::Approx(2).epsilon(0.05));
  test::verify("darcy, uniform square: order against the series", std::log2(middle / fine), 2, 0.1);
  // Of the largest pressure: S. Timoshenko, J. Goodier, Theory of Elasticity, section 109.
  test::verify("darcy, uniform square, 128² cells: mean error of p [largest p]", fine / 0.0737, 0, 1e-4);
}

// S. Timoshenko, J. Goodier, Theory of Elasticity (1970), section 109: k1 of rectangular bars, to three or four digits.
TEST_CASE("the mean pressure of rectangles is their torsion constant") {
  test::verify("darcy, 1 x 1: torsion constant", torsion_constant(1, 128), 0.1406, 1e-4);
  test::verify("darcy, 1 x 2: torsion constant", torsion_constant(2, 64), 0.229, 6e-4);
  test::verify("darcy, 1 x 10: torsion constant", torsion_constant(10, 64), 0.312, 6e-4);
}

// The geometric mean of the phases: J. B. Keller (1964), doi:10.1063/1.1704146.
TEST_CASE("a checkerboard lets through what the geometric mean of its phases would") {
  const double coarse = flow_through_checkerboard(32), fine = flow_through_checkerboard(128);
  test::verify("darcy, checkerboard of 3 and 12, 128² cells: effective permeability", fine, 6, 0.06);
  CHECK(std::fabs(fine - 6) < 0.5 * std::fabs(coarse - 6));
}

TEST_CASE("without sources the pressure falls evenly between two held ends, and what flows in flows out") {
  AnySolver s = solver({"grid.nx=20", "grid.ny=4", "grid.boundary_y=[\"wall\", \"wall\"]", "solver.source=0.0",
                        "solver.permeability=2.0", "solver.pressure_low=[3.0, 0.0, 0.0]",
                        "solver.pressure_high=[1.0, 0.0, 0.0]",
                        "solver.tolerance=1e-13"});
  s->step(1);
  const std::vector<double> p = values(*s, "p");
  for (int i = 0; i < 20; ++i)
    CHECK(p[static_cast<std::size_t>(i)] == doctest::Approx(3 - 2 * (i + 0.5) / 20).epsilon(1e-12));
  CHECK(std::fabs(s->invariants()[0].value) < 1e-10);
}

TEST_CASE("what is injected flows out, to the tolerance") {
  for (const std::string profile : {"two_phase", "log_normal"}) {
    AnySolver s = solver({"solver.permeability.profile=" + profile, "solver.tolerance=1e-10"});
    s->step(1);
    // The largest sum of residuals of a given Euclidean norm |r|: sqrt(cells) |r|.
    test::verify("darcy, " + profile + ": outflow of a source of 1", s->invariants()[0].value, 1, 1e-10);
  }
}

TEST_CASE("the two phases of the FNO paper are 3 and 12, the same field on any grid, another for another seed") {
  const auto field = [](int n, int seed) {
    AnySolver s = solver({"grid.nx=" + cells(n), "grid.ny=" + cells(n), "solver.permeability.profile=two_phase",
                          "solver.permeability.seed=" + cells(seed)});
    return values(*s, "permeability");
  };
  const std::vector<double> coarse = field(27, 1), fine = field(81, 1);
  for (int j = 0; j < 27; ++j)
    for (int i = 0; i < 27; ++i)  // the middle of three cells is the coarse cell's
      CHECK(coarse[static_cast<std::size_t>(27 * j + i)] ==
            fine[static_cast<std::size_t>(81 * (3 * j + 1) + 3 * i + 1)]);
  CHECK(std::ranges::all_of(fine, [](double a) { return a == 3 || a == 12; }));
  CHECK(std::ranges::count(fine, 3.0) > 0);
  CHECK(std::ranges::count(fine, 12.0) > 0);
  CHECK(field(27, 2) != coarse);
}

TEST_CASE("the random field has the covariance of its definition") {
  // Mean over seeds of the square of the logarithm at the middle of the square: the sum over modes of the squares of
  // deviation times cosines there, which are 0 for odd wave numbers and 2 norms for even ones.
  double expected = 0;
  for (int ky = 0; ky < 64; ky += 2)
    for (int kx = 0; kx < 64; kx += 2) {
      if (kx + ky == 0) continue;
      const double deviation = 3 / (std::numbers::pi * std::numbers::pi * (kx * kx + ky * ky) + 9);
      expected += deviation * deviation * (kx > 0 ? 2 : 1) * (ky > 0 ? 2 : 1);
    }
  double sum = 0;
  constexpr int seeds = 400;
  for (int seed = 0; seed < seeds; ++seed) {
    AnySolver s = solver({"grid.nx=5", "grid.ny=5", "solver.permeability.profile=log_normal",
                          "solver.permeability.seed=" + cells(seed)});
    const double logarithm = std::log(values(*s, "permeability")[12]);
    sum += logarithm * logarithm / seeds;
  }
  // Four standard errors of a mean of squares of normal numbers.
  test::verify("darcy, random field of 400 seeds: variance at the middle", sum, expected,
               4 * std::sqrt(2.0 / seeds) * expected);
}

TEST_CASE("a solution of jumps converges to that of a fine grid") {
  const auto on = [](int n) {
    return pressure({"grid.nx=" + cells(n), "grid.ny=" + cells(n), "solver.permeability.profile=two_phase",
                     "solver.permeability.low=1.0", "solver.permeability.high=1e6"});
  };
  // Mean pressure over the coarse cells of the fine solution.
  const int fine = 648;
  const std::vector<double> reference = on(fine);
  double last = 1e300;
  for (const int n : {24, 72, 216}) {
    const std::vector<double> p = on(n);
    const int block = fine / n;
    double error = 0, size = 0;
    for (int j = 0; j < n; ++j)
      for (int i = 0; i < n; ++i) {
        double mean = 0;
        for (int b = 0; b < block * block; ++b)
          mean += reference[static_cast<std::size_t>((j * block + b / block) * fine + i * block + b % block)];
        mean /= block * block;
        error += std::fabs(p[static_cast<std::size_t>(j * n + i)] - mean);
        size += std::fabs(mean);
      }
    CAPTURE(n);
    CHECK(error / size < 0.5 * last);  // of first order, for the interface is a staircase: three times finer, a third
    last = error / size;
  }
  CHECK(last < 0.02);
}

TEST_CASE("a second step changes nothing, and steps of any length solve") {
  AnySolver s = solver({"solver.permeability.profile=two_phase"});
  s->step(1);
  const std::vector<double> first = values(*s, "p");
  s->step(0.5);
  CHECK(values(*s, "p") == first);
  CHECK(s->steady());
  CHECK(s->steps() == 2);
}

TEST_CASE("bad parameters are refused with what was found and the remedy") {
  const auto refuses = [](const Lines& overrides, const std::string& part) {
    CAPTURE(part);
    CHECK_THROWS_WITH(solver(overrides), doctest::Contains(part.c_str()));
  };
  refuses({"solver.permeability=-1.0"}, "the permeability of cell (j = 0, i = 0) is -1, must be > 0");
  refuses({"solver.permeability=0.0"}, "must be > 0");
  refuses({"grid.boundary_x=[\"wall\", \"wall\"]", "grid.boundary_y=[\"wall\", \"wall\"]"},
          "no end of the domain is fixed");
  refuses({"grid.boundary_x=[\"periodic\", \"periodic\"]", "grid.boundary_y=[\"wall\", \"wall\"]"},
          "no end of the domain is fixed");
  refuses({"grid.boundary_x=[\"open\", \"fixed\"]"}, "give fixed (a held pressure) or wall");
}
