// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/advection.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/registry.hpp>

#include "support/verification.hpp"

using namespace marea;

namespace {

AnySolver solver(int nx, int ny, int nz, const std::vector<std::string>& more = {}) {
  std::vector<std::string> overrides{"grid.nx=" + std::to_string(nx), "grid.ny=" + std::to_string(ny),
                                     "grid.nz=" + std::to_string(nz)};
  overrides.insert(overrides.end(), more.begin(), more.end());
  return make_solver(parse_case_text("[grid]\n[solver]\nname = \"advection\"\nvelocity = [1.0, 0.5, -0.25]\n",
                                     "case.toml", overrides), MPI_COMM_SELF);
}

std::vector<double> values(SolverInterface& s) {
  const Block& b = s.grid().block;
  HostArray q(DType::f64, std::span<const std::int64_t>(b.extent.data(), b.rank));
  s.read("q", q.ref());
  return {q.values<double>().begin(), q.values<double>().end()};
}

/// Mean error after the waves have gone once around every axis: the state at the start is the exact solution.
double error(int nx, int ny, int nz, const std::vector<std::string>& more = {}) {
  AnySolver s = solver(nx, ny, nz, more);
  const auto before = values(*s);
  advance_to(*s, 4.0);  // 4 / 1, 2 / 1 and -1 / 1 lengths
  const auto after = values(*s);
  double sum = 0;
  for (std::size_t n = 0; n < before.size(); ++n) sum += std::fabs(after[n] - before[n]);
  return sum / static_cast<double>(before.size());
}

}  // namespace

TEST_CASE("advection converges with order three in one, two and three dimensions") {
  test::verify("advection, 1-D: order", std::log2(error(32, 0, 0) / error(64, 0, 0)), 3, 0.2);
  test::verify("advection, 2-D: order", std::log2(error(32, 32, 0) / error(64, 64, 0)), 3, 0.2);
  test::verify("advection, 3-D: order", std::log2(error(16, 16, 16) / error(32, 32, 32)), 3, 0.2);
}

TEST_CASE("the total keeps its value to round-off") {
  AnySolver s = solver(32, 24, 0, {"initial.profile=\"gaussian\""});
  const double before = s->invariants()[0].value;
  advance_to(*s, 1.0);
  // Each of some 100 steps of three stages rounds each of 768 cells of at most 1.
  CHECK(std::fabs(s->invariants()[0].value - before) < 768 * 300 * 2.3e-16);
}

TEST_CASE("with a limiter no value leaves the range of the start, without one it does") {
  for (const char* precision : {"single", "double"})
    for (int ny : {0, 40}) {
      CAPTURE(precision);
      CAPTURE(ny);
      const auto lowest = [&](const char* limiter) {
        AnySolver s = solver(50, ny, 0, {"initial.profile=\"gaussian\"", "initial.width=0.02",
                                         "solver.limiter=\"" + std::string(limiter) + "\"",
                                         "solver.precision=\"" + std::string(precision) + "\""});
        const auto before = values(*s);
        advance_to(*s, 1.0);
        const auto after = values(*s);
        CHECK(*std::max_element(after.begin(), after.end()) <= *std::max_element(before.begin(), before.end()) + 1e-6);
        return *std::min_element(after.begin(), after.end());
      };
      CHECK(lowest("koren") > -1e-7);
      CHECK(lowest("none") < -1e-3);
    }
}

TEST_CASE("the limiter keeps order two on smooth waves, whose crests it clips") {
  const std::vector<std::string> limited{"solver.limiter=\"koren\""};
  CHECK(std::log2(error(64, 0, 0, limited) / error(128, 0, 0, limited)) > 2);
}

TEST_CASE("PDEBench's states come from their seed, are the same field on every grid and travel") {
  const auto start = [](int nx, int seed) {
    AnySolver s = solver(nx, 0, 0, {"initial.profile=\"pdebench\"", "initial.seed=" + std::to_string(seed)});
    return values(*s);
  };
  int windowed = 0;
  for (int seed = 0; seed < 100; ++seed) {
    const auto coarse = start(50, seed), fine = start(150, seed);
    for (std::size_t n = 0; n < coarse.size(); ++n) CHECK(coarse[n] == doctest::Approx(fine[3 * n + 1]));
    windowed += std::fabs(coarse.front()) + std::fabs(coarse.back()) < 1e-6;
    for (double q : coarse) CHECK(std::fabs(q) <= 2);
  }
  CHECK(windowed >= 2);  // one in ten; fewer than two of a hundred has a probability of 3e-4
  CHECK(windowed <= 24);
  CHECK(start(50, 1) != start(50, 2));
  for (double beta : {0.1, 4.0}) {
    AnySolver s = solver(256, 0, 0, {"initial.profile=\"pdebench\"",
                                     "solver.velocity=[" + std::to_string(beta) + ", 0, 0]"});
    const auto before = values(*s);
    advance_to(*s, 1 / beta);
    const auto after = values(*s);
    double sum = 0;
    for (std::size_t n = 0; n < before.size(); ++n) sum += std::fabs(after[n] - before[n]);
    // A wave of number 4 loses 256 a^4 / 12 of its amplitude, a = 2 pi 4 / 256, and there are two of at most 1.
    CHECK(sum / 256 < 2 * 2 / std::numbers::pi * 256 * std::pow(std::numbers::pi / 32, 4) / 12);
  }
}

TEST_CASE("a gauge at a periodic end reads between the last cell and the first") {
  AnySolver s = solver(32, 0, 0, {"solver.gauges={ end = [0.0], near = [0.99] }"});
  const auto q = values(*s);
  advance_to(*s, 1e-3);
  const auto tables = s->tables();
  REQUIRE(tables.size() == 2);
  // The first row is the start: half way between the cells, and 0.3 of a cell below the end.
  const auto row = [&](int gauge) { return tables[static_cast<std::size_t>(gauge)].values.at(1); };
  CHECK(row(0) == doctest::Approx(0.5 * (q.back() + q.front())));
  CHECK(row(1) == doctest::Approx(0.82 * q.back() + 0.18 * q.front()));
}

TEST_CASE("an unknown field is refused with those that are known") {
  AnySolver s = solver(8, 6, 0);
  const HostArray q(DType::f32, {6, 8});
  const NamedArray unknown{"temperature", q.ref()};
  CHECK_THROWS_WITH_AS(s->write({&unknown, 1}), "advection: unknown field 'temperature'; known: q", ConfigError);
}
