// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/advection.hpp>

#include <cmath>

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
double error(int nx, int ny, int nz) {
  AnySolver s = solver(nx, ny, nz);
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
