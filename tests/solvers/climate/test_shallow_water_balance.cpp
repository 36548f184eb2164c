// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <numbers>

#include <doctest/doctest.h>

#include <marea/io/random.hpp>

#include "support/shallow_water_case.hpp"

using namespace marea;
using namespace marea::test;

namespace {

const std::string rough = R"(
[solver.bathymetry]
profile = "rough"
mean = -0.5
amplitude = 1.5
wavelength = 0.4
)";

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double v : values) most = std::max(most, std::fabs(v));
  return most;
}

}  // namespace

TEST_CASE("a lake at rest over a rough and partly dry bed stays exactly") {
  for (const std::string& options : {std::string("limiter = \"mc\"\n"), std::string("limiter = \"superbee\"\n"),
                                     std::string("order = 1\n"), std::string("riemann = \"rusanov\"\n"),
                                     std::string("limiter = \"steep\"\n"),
                                     std::string("precision = \"single\"\nlimiter = \"van_leer\"\n")}) {
    CAPTURE(options);
    AnySolver solver = make_case(grid_table(48, 40, 0, 4, 0, 3, "wall", "open") + "[solver]\n" + options +
                                     "manning = 0.02\ncoriolis = 1e-4\n" + rough);
    const auto before = field_of(*solver, "h");
    CHECK(std::count(before.begin(), before.end(), 0.0) > 100);  // there is land
    advance_to(*solver, 5);
    CHECK(solver->steps() > 100);
    CHECK(largest(field_of(*solver, "hu")) == 0);
    CHECK(largest(field_of(*solver, "hv")) == 0);
    CHECK(field_of(*solver, "h") == before);
  }
}

TEST_CASE("a lake at rest at another level moves at round-off") {
  AnySolver solver = make_case(grid_table(48, 40, 0, 4, 0, 3, "periodic", "wall") + "[solver]\n" + rough +
                                   "[initial]\nprofile = \"lake_at_rest\"\nlevel = 0.3\n");
  const double volume = invariant(*solver, "volume");
  advance_to(*solver, 5);
  // Depths of 2 m: a momentum of 1e-13 m2 s-1 is some hundred roundings of g h^2 dt / dx.
  CHECK(largest(field_of(*solver, "hu")) < 1e-13);
  CHECK(largest(field_of(*solver, "hv")) < 1e-13);
  CHECK(invariant(*solver, "volume") == doctest::Approx(volume).epsilon(1e-15 * std::sqrt(solver->steps())));
}

TEST_CASE("noise on still water and the energy of a standing wave do not grow over thousands of steps") {
  for (const char* cfl : {"0.2", "0.9", "1.0"}) {
    CAPTURE(std::string(cfl));
    const auto start = [&](const char* kind, double noise, double wave) {
      AnySolver solver = make_case(grid_table(24, 24, 0, 24, 0, 24, kind, "periodic") +
                                   "[solver]\nbathymetry = -1.0\ncfl = " + cfl + "\n");
      HostArray h(DType::f64, {24, 24}), velocity(DType::f64, {24, 24, 2});
      const Random random(5);
      std::uint64_t draw = 0;
      for (int n = 0; n < 576; ++n) {
        const double phase = std::numbers::pi * (n % 24 + 0.5) / 12;
        h.values<double>()[n] = 1 + noise * (2 * random.uniform(draw++) - 1) + wave * std::cos(phase);
        for (int c = 0; c < 2; ++c) velocity.values<double>()[2 * n + c] = noise * (2 * random.uniform(draw++) - 1);
      }
      const NamedArray fields[] = {{"h", h.ref()}, {"velocity", velocity.ref()}};
      solver->write(fields);
      return solver;
    };
    AnySolver noisy = start("periodic", 1e-9, 0), standing = start("wall", 0, 1e-3);
    const double before = largest(field_of(*noisy, "eta"));
    double energy = invariant(*standing, "energy");
    for (int n = 1; n <= 2000; ++n) {
      noisy->step(noisy->stable_dt());
      standing->step(standing->stable_dt());
      if (n % 100) continue;
      CHECK(largest(field_of(*noisy, "eta")) < before);
      const double now = invariant(*standing, "energy");
      CHECK(now < energy);
      energy = now;
    }
  }
}

TEST_CASE("the energy of a closed basin without friction does not grow") {
  // Flow without friction keeps its energy, bores lose some (Stoker 1957, ch. 10). What the cell means show may grow by
  // what the slopes within cells hold, when waves lengthen: of a wave of n cells (2 pi / n)^2 / 12. The hump is one of
  // four radii, 24 cells.
  constexpr double within_cells = std::numbers::pi * std::numbers::pi / (3 * 24 * 24);
  for (const std::string options : {"", "limiter = \"superbee\"\n", "riemann = \"rusanov\"\n", "order = 1\n"}) {
    CAPTURE(options);
    AnySolver solver = make_case(grid_table(48, 40, 0, 4, 0, 3, "wall", "wall") + "[solver]\n" + options + rough +
                                 "[initial]\nprofile = \"gaussian_hump\"\ncentre = [2.0, 1.5]\nradius = 0.5\nheight = 0.5\n");
    const double start = invariant(*solver, "energy");
    double least = start, growth = 0;
    while (solver->time() < 5) {
      solver->step(solver->stable_dt());
      const double now = invariant(*solver, "energy");
      growth = std::max(growth, (now - least) / start);
      least = std::min(least, now);
    }
    CHECK(growth < within_cells);
  }
}

TEST_CASE("a uniform current stays exactly on a periodic flat bed") {
  AnySolver solver = make_case(grid_table(16, 12, 0, 1, 0, 1, "periodic", "periodic") + "[solver]\nbathymetry = -2.0\n" +
                                   "[initial]\nprofile = \"vortex\"\nspeed = 0.0\nlevel = 0.0\ncurrent = [3.0, -1.0]\n");
  advance_to(*solver, 1);
  for (const double h : field_of(*solver, "h")) CHECK(h == doctest::Approx(2).epsilon(1e-14));
  for (const double hu : field_of(*solver, "hu")) CHECK(hu == doctest::Approx(6).epsilon(1e-14));
}
