// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/numerics/methods/rkl2.hpp>
#include <marea/solvers/numerics/methods/strang.hpp>
#include <marea/solvers/registry.hpp>

#include "support/shared_folder.hpp"
#include "support/verification.hpp"

using namespace marea;

namespace {

using Lines = std::vector<std::string>;

AnySolver solver(const std::string& text, const Lines& overrides = {}) {
  return make_solver(parse_case_text(text, "case.toml", overrides), MPI_COMM_SELF);
}
HostArray cells(SolverInterface& s) {
  const Block& b = s.grid().block;
  return HostArray(DType::f64, std::span<const std::int64_t>(b.extent.data(), static_cast<std::size_t>(b.rank)));
}
std::vector<double> values(SolverInterface& s, const std::string& field = "u") {
  const HostArray q = cells(s);
  s.read(field, q.ref());
  return {q.values<double>().begin(), q.values<double>().end()};
}
double invariant(SolverInterface& s, const std::string& name) {
  for (const NamedScalar& one : s.invariants())
    if (one.name == name) return one.value;
  return NAN;
}
void run(SolverInterface& s, double end) {
  while (s.time() < end * (1 - 1e-12)) s.step(std::min(s.stable_dt(), end - s.time()));
}
std::string text(double value) { return std::to_string(value); }
std::string text(int value) { return std::to_string(value); }

const std::string walls =
    "boundary_x = [\"wall\", \"wall\"]\nboundary_y = [\"wall\", \"wall\"]\n"
    "boundary_z = [\"wall\", \"wall\"]\n";

/// The bistable front, D = 1, rate = 4, threshold = 0.25, on n cells of [0, 40]; speed sqrt(2) / 2, width sqrt(1 / 2).
AnySolver front(int n, double dt, const std::string& diffusion) {
  return solver("[grid]\nnx = " + text(n) + "\nx = [0.0, 40.0]\n" + walls +
                "[solver]\nname = \"reaction_diffusion\"\n"
                "reaction = { profile = \"bistable\", rate = 4.0 }\ntime_step = " +
                text(dt) + "\ndiffusion = \"" + diffusion +
                "\"\ntolerance = 1e-11\n[initial]\nprofile = \"front\"\nposition = 15.0\n"
                "width = 0.70710678118654752\n");
}
double exact_front(double x, double t) { return 1 / (1 + std::exp((x - 15 - std::sqrt(0.5) * t) / std::sqrt(0.5))); }
double error_of_front(int n, double dt, const std::string& diffusion) {
  AnySolver s = front(n, dt, diffusion);
  run(*s, 4);
  const std::vector<double> u = values(*s);
  double largest = 0;
  for (int i = 0; i < n; ++i) largest = std::max(largest, std::fabs(u[i] - exact_front((i + 0.5) * 40 / n, 4)));
  return largest;
}
/// Where u passes 1/2 from above, on the line between two cells.
double place_of_front(const std::vector<double>& u, double dx) {
  for (std::size_t i = 1; i < u.size(); ++i)
    if (u[i] < 0.5 && u[i - 1] >= 0.5)
      return dx * (static_cast<double>(i) - 0.5 + (u[i - 1] - 0.5) / (u[i - 1] - u[i]));
  return NAN;
}

/// A wave that only diffuses, along oblique fibres, on n^2 cells of a periodic square.
double error_of_wave(int n, const std::string& diffusion) {
  AnySolver s =
      solver("[grid]\nnx = " + text(n) + "\nny = " + text(n) +
             "\n[solver]\nname = \"reaction_diffusion\"\n"
             "reaction = { profile = \"bistable\", rate = 0.0 }\nfibres = 30.0\nacross = 0.2\ndiffusion = \"" +
             diffusion + "\"\ntolerance = 1e-11\ntime_step = " +
             text(diffusion == "explicit" ? 0.1 / (n * n) : 0.064 / n) +  // two stages at any n
             "\n[initial]\nprofile = \"sine\"\nwaves = [2, -1, 0]\n");
  run(*s, 0.008);
  const double c = std::cos(std::numbers::pi / 6), b = std::sin(std::numbers::pi / 6);
  const double along = 2 * c - b, over = 2 * b + c;
  const double decay = std::exp(-4 * std::numbers::pi * std::numbers::pi * (along * along + 0.2 * over * over) * 0.008);
  const std::vector<double> u = values(*s);
  double largest = 0;
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) {
      const double wave = std::sin(2 * std::numbers::pi * (2 * (i + 0.5) - (j + 0.5)) / n);
      largest = std::max(largest, std::fabs(u[static_cast<std::size_t>(n * j + i)] - decay * wave));
    }
  return largest;
}

/// Speed of a wave along a cable of human ventricular tissue, from 10 to 30 mm [mm ms-1].
double conduction_velocity(int n) {
  AnySolver s =
      solver("[grid]\nnx = " + text(n) + "\nx = [0.0, 40.0]\n" + walls +
             "[solver]\nname = \"reaction_diffusion\"\nreaction = { profile = \"ventricular\" }\n"
             "time_step = 0.02\nstimuli = [{ low = [0.0], high = [1.0], duration = 2.0, amplitude = 0.5 }]\n");
  run(*s, 60);
  const std::vector<double> when = values(*s, "activation_time");
  return 20 / (when[static_cast<std::size_t>(3 * n / 4)] - when[static_cast<std::size_t>(n / 4)]);
}

/// Time between the last three passages of a spiral of Aliev and Panfilov's by one place, on n^2 cells of [0, 100]^2.
double spiral_period(int n, double dt) {
  const std::string cells = text(n);
  AnySolver s = solver("[grid]\nnx = " + cells + "\nny = " + cells + "\nx = [0.0, 100.0]\ny = [0.0, 100.0]\n" + walls +
                       "[solver]\nname = \"reaction_diffusion\"\nreaction = { profile = \"aliev_panfilov\" }\n"
                       "time_step = " +
                       text(dt) +
                       "\n[initial]\nprofile = \"front\"\nposition = 50.0\n"
                       "recovery = 2.0\nrecovery_position = 50.0\n");
  std::vector<double> passed;
  const std::size_t place = static_cast<std::size_t>(3 * n / 4 * n + n / 4);
  for (double before = 1, time = 0; time < 300; time = s->time()) {
    s->step(dt);
    const double now = values(*s)[place];
    if (before < 0.5 && now >= 0.5) passed.push_back(time + dt * (0.5 - before) / (now - before));
    before = now;
  }
  REQUIRE(passed.size() > 4);
  return (passed.back() - passed[passed.size() - 4]) / 3;
}

/// The slab of the N-version benchmark, 20 x 7 x 3 mm with fibres along x and a stimulus in one corner, in human
/// ventricular tissue: when the far corner is reached [ms], by cells of width h [mm].
double far_corner(double h) {
  const auto count = [&](double length) { return text(static_cast<int>(std::lround(length / h))); };
  AnySolver s =
      solver("[grid]\nnx = " + count(20) + "\nny = " + count(7) + "\nnz = " + count(3) +
             "\nx = [0.0, 20.0]\ny = [0.0, 7.0]\nz = [0.0, 3.0]\n" + walls +
             "[solver]\nname = \"reaction_diffusion\"\nreaction = { profile = \"ventricular\" }\n"
             "diffusivity = [0.0952857]\nfibres = [1.0, 0.0, 0.0]\nacross = 0.131934\ntime_step = 0.05\n"
             "stimuli = [{ low = [0.0, 0.0, 0.0], high = [1.5, 1.5, 1.5], duration = 2.0, amplitude = 0.5 }]\n");
  while (invariant(*s, "activated") < 420 * (1 - 1e-9) && s->time() < 200) run(*s, s->time() + 2);
  return values(*s, "activation_time").back();
}

const std::string still = "[grid]\nnx = 24\nny = 20\n" + walls +
                          "[solver]\nname = \"reaction_diffusion\"\n"
                          "reaction = { profile = \"bistable\", rate = 0.0 }\ntime_step = 0.01\n";

}  // namespace

TEST_CASE("Rkl2 has second order and does not grow within its reach") {
  const auto grown = [](int stages, double z) {
    double last = 1, before = 1, first = 1;
    for (int j = 1; j <= stages; ++j) {
      const Rkl2::Weights w = Rkl2::weights(stages, j);
      const double now = w.last * last + w.before * before + w.start + w.first * first + w.rate * z * last;
      if (j == 1) first = now;
      before = last, last = now;
    }
    return last;
  };
  for (const int s : {2, 3, 4, 7, 20}) {
    CAPTURE(s);
    const double coarse = std::fabs(grown(s, -0.02) - std::exp(-0.02)),
                 fine = std::fabs(grown(s, -0.01) - std::exp(-0.01));
    CHECK(std::log2(coarse / fine) == doctest::Approx(3).epsilon(0.02));
    const double reach = (s * s + s - 2) / 2.0;
    for (int n = 0; n <= 1000; ++n) CHECK(std::fabs(grown(s, -reach * n / 1000)) <= 1 + 1e-12);
    CHECK(Rkl2::stages(reach / 2) == s);
  }
}

TEST_CASE("a Strang step of two flows that do not commute has second order") {
  const auto error = [](int steps) {  // x' = y and y' = -x: shears, whose sum is a rotation
    double x = 1, y = 0;
    for (int n = 0; n < steps; ++n)
      strang_step(1.0 / steps, [&](double dt) { x += dt * y; }, [&](double dt) { y -= dt * x; });
    return std::hypot(x - std::cos(1.0), y + std::sin(1.0));
  };
  CHECK(std::log2(error(20) / error(40)) == doctest::Approx(2).epsilon(0.02));
}

TEST_CASE("the bistable front is of second order in space and time on three grids, explicit and implicit") {
  for (const std::string diffusion : {"explicit", "implicit"}) {
    CAPTURE(diffusion);
    const double coarse = error_of_front(200, 0.08, diffusion), middle = error_of_front(400, 0.04, diffusion),
                 fine = error_of_front(800, 0.02, diffusion);
    CHECK(std::log2(coarse / middle) == doctest::Approx(2).epsilon(0.05));
    test::verify("bistable front, " + diffusion + ": order", std::log2(middle / fine), 2, 0.1);
  }
}

TEST_CASE("the bistable front runs at the exact speed, which it nears with second order") {
  const auto error = [](int n, double dt) {
    AnySolver s = front(n, dt, "explicit");
    run(*s, 4);
    const double from = place_of_front(values(*s), 40.0 / n);
    run(*s, 12);
    return std::fabs((place_of_front(values(*s), 40.0 / n) - from) / 8 / std::sqrt(0.5) - 1);
  };
  const double coarse = error(200, 0.05), fine = error(400, 0.025);
  test::verify("bistable front, 400 cells: error of its speed", fine, 0, 1e-3);
  CHECK(std::log2(coarse / fine) == doctest::Approx(2).epsilon(0.1));
}

TEST_CASE("a wave across oblique fibres decays with second order on three grids, explicit and implicit") {
  for (const std::string diffusion : {"explicit", "implicit"}) {
    CAPTURE(diffusion);
    const double coarse = error_of_wave(32, diffusion), middle = error_of_wave(64, diffusion),
                 fine = error_of_wave(128, diffusion);
    CHECK(std::log2(coarse / middle) == doctest::Approx(2).epsilon(0.07));
    CHECK(std::log2(middle / fine) == doctest::Approx(2).epsilon(0.07));
  }
}

TEST_CASE("so does a wave across oblique fibres in three dimensions") {
  const auto error = [](int n, const std::string& diffusion) {
    const std::string cells = text(n);
    AnySolver s = solver("[grid]\nnx = " + cells + "\nny = " + cells + "\nnz = " + cells +
                         "\n[solver]\nname = \"reaction_diffusion\"\n"
                         "reaction = { profile = \"bistable\", rate = 0.0 }\n"
                         "fibres = [2.0, 1.0, -2.0]\nacross = 0.2\ntolerance = 1e-10\ntime_step = " +
                         text(0.24 / (n * n)) + "\ndiffusion = \"" + diffusion +
                         "\"\n[initial]\nprofile = \"sine\"\nwaves = [1, -1, 1]\n");
    run(*s, 0.004);
    const double along = (2.0 - 1 - 2) / 3, square = 0.2 * 3 + 0.8 * along * along;
    const double decay = std::exp(-4 * std::numbers::pi * std::numbers::pi * square * 0.004);
    const double wave = std::sin(2 * std::numbers::pi * 0.5 / n);  // of the first cell
    return std::fabs(values(*s)[0] / wave - decay);
  };
  for (const std::string diffusion : {"explicit", "implicit"}) {
    CAPTURE(diffusion);
    CHECK(std::log2(error(12, diffusion) / error(24, diffusion)) == doctest::Approx(2).epsilon(0.07));
  }
}

TEST_CASE(
    "diffusion in tissue of any conductivity and fibres keeps its content to round-off, and an end takes nothing") {
  for (const std::string diffusion : {"explicit", "implicit"}) {
    const test::SharedFolder folder("tissue");
    {
      hdf5::File file(folder.file("tissue.h5"), hdf5::Access::create);
      std::vector<double> k(20 * 24);
      for (std::size_t n = 0; n < k.size(); ++n) k[n] = n % 7 == 0 ? 0 : 0.1 + static_cast<double>(n * n % 11);
      file.write_dataset("conductivity", make_array_ref(k.data(), {20, 24}));
    }
    AnySolver s = solver(still + "[initial]\nprofile = \"noise\"\nsquares = 20\n",
                         {"solver.fibres=40.0", "solver.across=0.3", "solver.diffusivity=[0.01]",
                          "solver.diffusion=" + diffusion, "solver.tolerance=1e-12",
                          "solver.conductivity={ file = \"" + folder.file("tissue.h5") + "\", regrid = \"none\" }"});
    const double before = invariant(*s, "content"), energy = invariant(*s, "energy");
    run(*s, 0.1);
    CHECK(std::fabs(invariant(*s, "content") - before) < (diffusion == "explicit" ? 1e-13 : 1e-11));
    CHECK(invariant(*s, "energy") < energy);
  }
}

TEST_CASE("pulses add to u what the field stimulus says, however long the steps are") {
  const std::string case_text =
      still +
      "diffusivity = [0.0]\nactivation_threshold = 0.9\nstimuli = [\n"
      "{ low = [0.0, 0.0], high = [0.25, 1.0], start = 0.013, duration = 0.021, amplitude = 30.0, count = 3, period = "
      "0.1 },\n"
      "{ centre = [0.5, 0.5], radius = 0.3, start = 0.2, duration = 0.05, amplitude = 20.0 }]\n";
  for (const std::string step : {"0.01", "0.7"}) {
    AnySolver s = solver(case_text, {"solver.time_step=" + step});
    const std::vector<double> promised = values(*s, "stimulus");
    run(*s, 0.5);
    const std::vector<double> u = values(*s), reached = values(*s, "activation_time");
    for (std::size_t n = 0; n < u.size(); ++n) CHECK(u[n] == doctest::Approx(promised[n]).epsilon(1e-12));
    CHECK(u[0] == doctest::Approx(3 * 0.021 * 30));
    CHECK(u[24 * 10 + 12] == doctest::Approx(1));
    // The first reaches 0.63 with each pulse, so 0.9 with the second one; the other rises from 0 at 20 a second.
    CHECK(reached[0] == doctest::Approx(0.113 + 0.27 / 30).epsilon(1e-9));
    CHECK(reached[24 * 10 + 12] == doctest::Approx(0.2 + 0.9 / 20).epsilon(1e-9));
    CHECK(reached[23] == doctest::Approx(0.5));
  }
}

TEST_CASE(
    "the homogeneous state of FitzHugh and Nagumo's equations grows waves at the rates of Turing's linear theory") {
  const int n = 128;
  const double rest = -std::cbrt(5e-3), dx = 2.0 / n;
  for (const int wave : {4, 8, 12}) {
    CAPTURE(wave);
    AnySolver s = solver(
        "[grid]\nnx = 128\nx = [-1.0, 1.0]\n[solver]\nname = \"reaction_diffusion\"\n"
        "reaction = { profile = \"fitzhugh_nagumo\" }\ntime_step = 0.01\n");
    // Of the discrete equations: -s, s = (2 sin(k dx / 2) / dx)^2, for the Laplacian. The eigenvector of the larger
    // root.
    const double s2 = std::pow(2 / dx * std::sin(std::numbers::pi * wave / n), 2);
    const double a = 1 - 3 * rest * rest - 1e-3 * s2, d = -1 - 5e-3 * s2;
    const double rate = (a + d) / 2 + std::sqrt((a - d) * (a - d) / 4 - 1);
    const HostArray u = cells(*s), v = cells(*s);
    for (int i = 0; i < n; ++i) {
      const double here = 1e-6 * std::cos(2 * std::numbers::pi * wave * (i + 0.5) / n);
      u.values<double>()[i] = rest + here;
      v.values<double>()[i] = rest + (a - rate) * here;
    }
    const std::vector<NamedArray> given{{"u", u.ref()}, {"v", v.ref()}};
    s->write(given);
    run(*s, 2);
    const double grown = std::log((values(*s)[0] - rest) / (u.values<double>()[0] - rest)) / 2;
    test::verify("FitzHugh-Nagumo, wave " + text(wave) + ": growth rate", grown, rate, 1e-4);
  }
}

TEST_CASE("a stimulus at one corner makes the transposed picture of one at the other, fibres turned along") {
  const auto picture = [](double angle, const std::string& low, const std::string& high) {
    AnySolver s = solver(
        "[grid]\nnx = 32\nny = 32\nx = [0.0, 10.0]\ny = [0.0, 10.0]\n" + walls +
        "[solver]\nname = \"reaction_diffusion\"\nreaction = { profile = \"ventricular\" }\nacross = 0.25\n"
        "fibres = " +
        text(angle) + "\nstimuli = [{ low = " + low + ", high = " + high + ", duration = 2.0, amplitude = 0.5 }]\n");
    run(*s, 10);
    CHECK(invariant(*s, "activated") > 20);
    return values(*s, "activation_time");
  };
  const std::vector<double> a = picture(25, "[0.0, 0.0]", "[3.0, 1.0]"), b = picture(65, "[0.0, 0.0]", "[1.0, 3.0]");
  for (std::size_t j = 0; j < 32; ++j)
    for (std::size_t i = 0; i < 32; ++i) CHECK(a[32 * j + i] == doctest::Approx(b[32 * i + j]).epsilon(1e-10));
}

TEST_CASE("fibres of a file are directions of any length, and one of no length is refused with its cell") {
  const test::SharedFolder folder("fibres");
  const auto write = [&](std::size_t without) {
    std::vector<double> f(2 * 20 * 24);
    for (std::size_t n = 0; n < 20 * 24; ++n) {
      const double length = n == without ? 0 : 1 + static_cast<double>(n % 5);
      f[2 * n] = length * std::cos(40 * std::numbers::pi / 180);
      f[2 * n + 1] = length * std::sin(40 * std::numbers::pi / 180);
    }
    hdf5::File file(folder.file("fibres.h5"), hdf5::Access::create);
    file.write_dataset("fibre", make_array_ref(f.data(), {20, 24, 2}));
  };
  const std::string noise = still + "diffusivity = [0.01]\nacross = 0.3\n[initial]\nprofile = \"noise\"\n";
  const std::string given = "solver.fibres={ file = \"" + folder.file("fibres.h5") + "\", regrid = \"none\" }";
  write(20 * 24);
  AnySolver of_file = solver(noise, {given}), of_angle = solver(noise, {"solver.fibres=40.0"}),
            other = solver(noise, {"solver.fibres=50.0"});
  for (AnySolver* s : {&of_file, &of_angle, &other}) run(**s, 0.1);
  const std::vector<double> a = values(*of_file), b = values(*of_angle), c = values(*other);
  for (std::size_t n = 0; n < a.size(); ++n) CHECK(a[n] == doctest::Approx(b[n]).epsilon(1e-11));
  CHECK(std::fabs(a[30] - c[30]) > 1e-6);
  write(24 * 3 + 7);
  CHECK_THROWS_WITH(solver(noise, {given}), doctest::Contains("the fibre of cell (j = 3, i = 7) has no length"));
}

TEST_CASE("noise is normal, and coarse cells have the mean of the fine ones that they hold") {
  const auto noise = [](int n) {
    return values(*solver("[grid]\nnx = " + text(n) +
                          "\nny = 64\n[solver]\nname = \"reaction_diffusion\"\n"
                          "[initial]\nprofile = \"noise\"\nsquares = 64\n"));
  };
  const std::vector<double> coarse = noise(16), exact = noise(64), fine = noise(128);
  double mean = 0, square = 0;
  for (const double v : exact) mean += v / 4096, square += v * v / 4096;
  CHECK(std::fabs(mean) < 4 / 64.0);
  CHECK(square == doctest::Approx(1).epsilon(4 * std::sqrt(2.0) / 64));
  for (std::size_t n = 0; n < 4096; ++n) CHECK(fine[2 * n] == exact[n]);
  for (std::size_t n = 0; n < coarse.size(); ++n) {
    const double held = (exact[4 * n] + exact[4 * n + 1] + exact[4 * n + 2] + exact[4 * n + 3]) / 4;
    CHECK(coarse[n] == doctest::Approx(held).epsilon(1e-12));
  }
}

TEST_CASE("a wave in human ventricular tissue nears its speed with second order") {
  const double coarse = conduction_velocity(200), middle = conduction_velocity(400), fine = conduction_velocity(800);
  const double limit = fine + (fine - middle) / 3;
  CHECK(std::log2((middle - coarse) / (fine - middle)) == doctest::Approx(2).epsilon(0.15));
  test::verify("ventricular cable, h = 0.1 mm: speed over its limit", middle / limit, 1, 0.02);
  MESSAGE("speeds [mm ms-1]: ", coarse, " ", middle, " ", fine, ", limit ", limit);
}

TEST_CASE("a spiral wave has the same period on two grids") {
  if (!test::verifying()) return;
  const double coarse = spiral_period(200, 0.04), fine = spiral_period(400, 0.02);
  test::verify("Aliev-Panfilov spiral: period on 200^2 over that on 400^2 cells", coarse / fine, 1, 0.02);
  MESSAGE("periods: ", coarse, " ", fine);
}

TEST_CASE(
    "the slab of the N-version benchmark is blocked across its fibres at 0.5 mm, and crossed the sooner the finer") {
  if (!test::verifying()) return;
  const double coarse = far_corner(0.5), middle = far_corner(0.2), fine = far_corner(0.1);
  MESSAGE("far corner [ms]: ", coarse, " ", middle, " ", fine);
  CHECK(coarse > 200);
  CHECK(middle > fine);
  test::verify("slab of 20 x 7 x 3 mm: far corner by h = 0.2 mm over that by 0.1 mm", middle / fine, 1, 0.15);
}

TEST_CASE("bad parameters are refused with what was found and the remedy") {
  const auto refuses = [](const Lines& overrides, const std::string& part) {
    CAPTURE(part);
    CHECK_THROWS_WITH(solver(still, overrides), doctest::Contains(part.c_str()));
  };
  refuses({"solver.stimuli=[{ low = [2.0, 0.0], high = [3.0, 1.0], duration = 1.0 }]"}, "reaches no cell of tissue");
  refuses({"solver.stimuli=[{ low = [2.0, 0.0], duration = 1.0 }]"}, "high has 0 numbers, but the grid has 2 axes");
  refuses({"solver.stimuli=[{ centre = [0.5, 0.5], duration = 1.0 }]"}, "a ball, centre and radius > 0");
  refuses({"solver.stimuli=[{ low = [0.0, 0.0], high = [1.0, 1.0] }]"}, "duration = 0 must be > 0");
  refuses({"solver.stimuli=[{ low = [0.0, 0.0], high = [1.0, 1.0], duration = 1.0, count = 2, period = 0.5 }]"},
          "period = 0.5 must be at least the duration 1 of its 2 pulses");
  refuses({"solver.diffusivity=[-1.0]"}, "diffusivity");
  refuses({"solver.diffusivity=[1.0, 2.0]"}, "diffusivity has 2 numbers, but 1 of the reaction's variables diffuse");
  refuses({"solver.conductivity=-2.0"}, "the conductivity of cell (j = 0, i = 0) is -2, must be >= 0");
  refuses({"solver.fibres=[0.0, 0.0]"}, "the fibre of cell (j = 0, i = 0) has no length");
  refuses({"solver.fibres=[1.0]"}, "fibres must be an angle, 2 numbers [x, y, …], or { file = … }");
  refuses({"solver.across=0.5"}, "has no meaning without fibres");
  refuses({"solver.reaction={ profile = \"gray_scot\" }"}, "gray_scott");
  refuses({"solver.conductivity=0.0", "solver.stimuli=[{ low = [0.0, 0.0], high = [1.0, 1.0], duration = 1.0 }]"},
          "reaches no cell of tissue");
}
