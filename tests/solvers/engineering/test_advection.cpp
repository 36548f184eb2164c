// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/advection.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/registry.hpp>

#include "support/restart.hpp"

using namespace marea;

namespace {

AnySolver solver(int nx, int ny, int nz, MPI_Comm comm, const std::vector<std::string>& more = {}) {
  std::vector<std::string> overrides{"grid.nx=" + std::to_string(nx), "grid.ny=" + std::to_string(ny),
                                     "grid.nz=" + std::to_string(nz)};
  overrides.insert(overrides.end(), more.begin(), more.end());
  return make_solver(parse_case_text("[grid]\n[solver]\nname = \"advection\"\nvelocity = [1.0, 0.5, -0.25]\n", "case.toml",
                                     overrides), comm);
}

std::vector<double> values(SolverInterface& s) {
  const Block& b = s.grid().block;
  HostArray q(DType::f64, std::span<const std::int64_t>(b.extent.data(), b.rank));
  s.read("q", q.ref());
  return {q.values<double>().begin(), q.values<double>().end()};
}

/// Mean error after the waves have gone once around every axis: the state at the start is the exact solution.
double error(int nx, int ny, int nz) {
  AnySolver s = solver(nx, ny, nz, MPI_COMM_SELF);
  const auto before = values(*s);
  advance_to(*s, 4.0);  // 4 / 1, 2 / 1 and -1 / 1 lengths
  const auto after = values(*s);
  double sum = 0;
  for (std::size_t n = 0; n < before.size(); ++n) sum += std::fabs(after[n] - before[n]);
  return sum / static_cast<double>(before.size());
}

}  // namespace

TEST_CASE("advection converges with order three in one, two and three dimensions") {
  CHECK(std::fabs(std::log2(error(32, 0, 0) / error(64, 0, 0)) - 3) < 0.2);
  CHECK(std::fabs(std::log2(error(32, 32, 0) / error(64, 64, 0)) - 3) < 0.2);
  CHECK(std::fabs(std::log2(error(16, 16, 16) / error(32, 32, 32)) - 3) < 0.2);
}

TEST_CASE("the total keeps its value to round-off") {
  AnySolver s = solver(32, 24, 0, MPI_COMM_SELF, {"initial.profile=\"gaussian\""});
  const double before = s->invariants()[0].value;
  advance_to(*s, 1.0);
  // Each of some 100 steps of three stages rounds each of 768 cells of at most 1.
  CHECK(std::fabs(s->invariants()[0].value - before) < 768 * 300 * 2.3e-16);
}

TEST_CASE("the state has the same bits on every decomposition") {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  AnySolver alone = solver(20, 18, 16, MPI_COMM_SELF, {"initial.profile=\"gaussian\""});
  advance_to(*alone, 0.2);
  const auto expected = values(*alone);
  const std::string one = std::to_string(size);
  for (const std::string& ranks : {std::string("[]"), "[1, 1, " + one + "]", "[1, " + one + ", 1]", "[" + one + ", 1, 1]"}) {
    AnySolver s = solver(20, 18, 16, MPI_COMM_WORLD, {"initial.profile=\"gaussian\"", "grid.ranks=" + ranks});
    advance_to(*s, 0.2);
    CHECK(s->steps() == alone->steps());
    CHECK(s->invariants()[0].value == alone->invariants()[0].value);
    const auto mine = values(*s);
    const Block& b = s->grid().block;
    std::size_t n = 0, wrong = 0;
    for (std::int64_t k = 0; k < b.extent[0]; ++k)
      for (std::int64_t j = 0; j < b.extent[1]; ++j)
        for (std::int64_t i = 0; i < b.extent[2]; ++i)
          wrong += mine[n++] != expected[((b.offset[0] + k) * 18 + b.offset[1] + j) * 20 + b.offset[2] + i];
    CHECK(wrong == 0);
  }
}

TEST_CASE("a restart goes on with the same bits") {
  const auto make = [] { return solver(20, 18, 0, MPI_COMM_WORLD, {"initial.profile=\"gaussian\""}); };
  AnySolver straight = make(), restarted = make();
  advance_to(*straight, 0.1);
  test::restart(*straight, *restarted);
  advance_to(*straight, 0.2);
  advance_to(*restarted, 0.2);
  CHECK(restarted->steps() == straight->steps());
  CHECK(values(*restarted) == values(*straight));
}

TEST_CASE("the state is described where it lies and written back through names") {
  AnySolver s = solver(8, 6, 0, MPI_COMM_SELF);
  const ArrayRef state = s->state();
  CHECK(state.rank == 3);
  CHECK(state.extent[0] == 1);
  CHECK(state.extent[1] == 6);
  CHECK(state.extent[2] == 8);
  CHECK(state.stride[2] == 1);
  HostArray q(DType::f32, {6, 8});
  for (std::size_t n = 0; n < 48; ++n) q.values<float>()[n] = static_cast<float>(n);
  const NamedArray named{"q", q.ref()};
  s->write({&named, 1});
  if (state.memory == Memory::host) CHECK(state[0][2].as<double>()[3] == 19);
  CHECK(values(*s)[19] == 19);
  const NamedArray unknown{"temperature", q.ref()};
  CHECK_THROWS_WITH_AS(s->write({&unknown, 1}), "advection: unknown field 'temperature'; known: q", ConfigError);
}

TEST_CASE("wrong options are refused with their place") {
  CHECK_THROWS_AS(solver(8, 0, 0, MPI_COMM_SELF, {"solver.cfl=1.5"}), ConfigError);
  CHECK_THROWS_AS(solver(8, 0, 0, MPI_COMM_SELF, {"solver.clf=0.5"}), ConfigError);
  CHECK_THROWS_AS(solver(8, 0, 0, MPI_COMM_SELF, {"initial.profile=\"square\""}), ConfigError);
}
