// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <filesystem>
#include <functional>
#include <numbers>

#include <doctest/doctest.h>

#include <marea/io/hdf5.hpp>

#include "support/shallow_water_case.hpp"
#include "support/verification.hpp"

using namespace marea;
using namespace marea::test;

namespace {

constexpr double gravity = 9.80665;
constexpr const char* file_name = "test_shallow_water_benchmarks.h5";

/// A function of x as a number a cell of four rows.
std::vector<double> rows_of(int n, double low, double high, const std::function<double(double)>& f) {
  std::vector<double> values;
  for (int k = 0; k < 4 * n; ++k) values.push_back(f(low + (high - low) * (k % n + 0.5) / n));
  return values;
}

/// A file with a bed of four rows of the grid, and a constant inflow.
void write_bed(const std::vector<double>& bed, double inflow) {
  hdf5::File file(file_name, hdf5::Access::create);
  file.write_dataset("bathymetry", make_array_ref(bed.data(), {4, static_cast<std::int64_t>(bed.size()) / 4}));
  const double time[] = {0, 1e6}, eta[] = {inflow, inflow};
  file.write_dataset("time", make_array_ref(time, {2}));
  file.write_dataset("eta", make_array_ref(eta, {2}));
}

void set_state(SolverInterface& solver, const std::vector<double>& eta, const std::vector<double>& u,
               const std::vector<double>& v) {
  const Block& block = solver.grid().block;
  std::vector<double> velocity;
  for (std::size_t k = 0; k < u.size(); ++k) velocity.insert(velocity.end(), {u[k], v[k]});
  const NamedArray fields[] = {{"eta", make_array_ref(eta.data(), {block.extent[0], block.extent[1]})},
                               {"velocity", make_array_ref(velocity.data(), {block.extent[0], block.extent[1], 2})}};
  solver.write(fields);
}

/// Steady flow of 1.53 m2/s over a bump, subcritical before its top and supercritical behind it.
struct TranscriticalBump {
  static constexpr double discharge = 1.53, length = 25, still = 0.05;

  static double bump(double x) { return std::max(0.0, 0.2 - 0.05 * (x - 10) * (x - 10)); }

  /// Depth from Bernoulli's law, the head being the critical one on the top.
  static double depth(double x) {
    const double critical = std::cbrt(discharge * discharge / gravity), head = 1.5 * critical + 0.2 - bump(x);
    const bool before = x < 10;
    double low = before ? critical : 0.01, high = before ? head : critical;
    for (int k = 0; k < 60; ++k) {
      const double h = 0.5 * (low + high);
      const bool above = discharge * discharge / (2 * gravity * h * h) + h > head;
      (above == before ? high : low) = h;
    }
    return 0.5 * (low + high);
  }

  /// Elevation of the wave that brings u + 2c of the steady flow over water `still` deep.
  static double inflow() {
    const double h = depth(0), c = (discharge / h + 2 * std::sqrt(gravity * h) + 2 * std::sqrt(gravity * still)) / 4;
    return c * c / gravity - still;
  }
};

void take_steps(SolverInterface& solver, int count) {
  for (int n = 0; n < count; ++n) solver.step(solver.stable_dt());
}

/// Mean error of h when steady, and the largest change of hu in a further 100 steps, as a share.
std::pair<double, double> transcritical_bump(int n, const std::string& limiter, double width) {
  using Bump = TranscriticalBump;
  write_bed(rows_of(n, 0, Bump::length, [](double x) { return Bump::bump(x) - Bump::still; }), Bump::inflow());
  AnySolver solver = make_case(
      "[grid]\nnx = " + std::to_string(n) + "\nny = 4\nx = [0, 25]\ny = [0, " + std::to_string(width) +
      "]\nboundary_x = [\"inflow\", \"open\"]\nboundary_y = [\"periodic\", \"periodic\"]\n[solver]\nlimiter = \"" +
      limiter + "\"\nbathymetry = { file = \"" + file_name + "\" }\ninflow = { file = \"" + file_name +
      "\" }\n[initial]\nprofile = \"lake_at_rest\"\nlevel = 0.6\n");
  advance_to(*solver, 100);
  // Not the step that ends at that time: it is shorter, and what is steady depends on the step.
  take_steps(*solver, 10 * n);
  const auto before = field_of(*solver, "hu");
  take_steps(*solver, 100);
  const auto after = field_of(*solver, "hu");
  double change = 0;
  for (std::size_t k = 0; k < after.size(); ++k) change = std::max(change, std::fabs(after[k] - before[k]));
  std::filesystem::remove(file_name);
  return {mean_error(*solver, "h", [](double x, double) { return Bump::depth(x); }), change / Bump::discharge};
}

/// Mean error of eta, as a share of the amplitude, after ten periods of two standing waves on a rotating plane.
double rotating_wave_error(int n) {
  constexpr double depth = 10, amplitude = 1e-5, length = 1e4;
  const double k = 2 * std::numbers::pi / length, f = 0.7 * k * std::sqrt(gravity * depth),
               frequency = std::hypot(f, k * std::sqrt(gravity * depth));
  AnySolver solver = make_case(grid_table(n, n, 0, length, 0, length, "periodic", "periodic") +
                               "[solver]\nbathymetry = -10.0\ncoriolis = " + std::to_string(f * 1e6) + "e-6\n");
  std::vector<double> eta, u, v;
  for (const double y : solver->grid().centres[0]) {
    for (const double x : solver->grid().centres[1]) {
      eta.push_back(0.5 * amplitude * (std::cos(k * x) + std::cos(k * y)));
      u.push_back(-0.5 * amplitude * f / (depth * k) * std::sin(k * y));
      v.push_back(0.5 * amplitude * f / (depth * k) * std::sin(k * x));
    }
  }
  set_state(*solver, eta, u, v);
  advance_to(*solver, 20 * std::numbers::pi / frequency);
  return mean_error(*solver, "eta", [&](double x, double y) {
           return 0.5 * amplitude * (std::cos(k * x) + std::cos(k * y));
         }) / amplitude;
}

}  // namespace

// N. Goutal and F. Maurel (1997), Proceedings of the 2nd workshop on dam-break wave simulation, EDF HE-43/97/016/B;
// O. Delestre et al. (2013), doi:10.1002/fld.3741, section 3.1.4.
TEST_CASE("transcritical flow over a bump becomes steady and converges at second order") {
  // Cells as wide as long, or wider: the Courant number along the flow is about 0.6 or 0.9.
  for (const double width : {1e4, 0.0}) {
    double errors[3];
    for (int level = 0; level < 3; ++level) {
      const int n = 100 << level;
      const auto [error, change] = transcritical_bump(n, "steep", width > 0 ? width : 100.0 / n);
      CAPTURE(n);
      CAPTURE(width);
      CHECK(change < 1e-12);
      errors[level] = error;
    }
    MESSAGE("transcritical bump: mean errors of h ", errors[0], ", ", errors[1], ", ", errors[2], " m");
    const std::string courant = width > 0 ? ", Courant number 0.9" : ", Courant number 0.6";
    verify("transcritical bump, 100 cells: mean error of h [m]" + courant, errors[0], 0, 5.6e-4);
    verify("transcritical bump: order" + courant, std::log2(errors[1] / errors[2]), 2, 2 - std::log2(3));
    CHECK(errors[0] / errors[1] > 3);
  }
}

// C. E. Synolakis (1987), doi:10.1017/S002211208700329X; benchmark problem 1 of the NTHMP: C. E. Synolakis et al.
// (2007), NOAA Technical Memorandum OAR PMEL-135. The largest value of his integral for the shoreline is 0.0912 d by
// quadrature, and quoted as 0.0909 d.
TEST_CASE("a solitary wave of 0.019 of the depth runs up a plane beach as high as the analytic solution") {
  constexpr double height = 0.019, slope = 1 / 19.85;
  const double gamma = std::sqrt(0.75 * height), start = 1 / slope + std::acosh(std::sqrt(20)) / gamma;
  double run_up[2];
  for (int level = 0; level < 2; ++level) {
    const int n = 640 << level;
    const auto bed = rows_of(n, -4, 60, [](double x) { return std::max(-1.0, -slope * x); });
    write_bed(bed, 0);
    AnySolver solver = make_case("[grid]\nnx = " + std::to_string(n) + "\nny = 4\nx = [-4, 60]\ny = [0, 100]\n"
                                 "boundary_x = [\"wall\", \"open\"]\nboundary_y = [\"periodic\", \"periodic\"]\n"
                                 "[solver]\ndry_depth = 1e-5\nbathymetry = { file = \"" + file_name + "\" }\n");
    const auto wave = [&](double x) { return height / std::pow(std::cosh(gamma * (x - start)), 2); };
    set_state(*solver, rows_of(n, -4, 60, wave),
              rows_of(n, -4, 60, [&](double x) { return x < 0 ? 0 : -std::sqrt(gravity) * wave(x); }),
              std::vector<double>(4 * n, 0.0));
    advance_to(*solver, 70 / std::sqrt(gravity));
    const auto highest = field_of(*solver, "max_eta"), speed = field_of(*solver, "max_speed");
    run_up[level] = 0;
    for (int i = 0; i < n; ++i) {
      if (speed[i] > 0 && bed[i] > 0) run_up[level] = std::max(run_up[level], highest[i]);
    }
    std::filesystem::remove(file_name);
  }
  MESSAGE("solitary run-up over depth: ", run_up[0], ", ", run_up[1]);
  verify("solitary wave of 0.019 on a beach of 1:19.85: run-up [depths]", run_up[1], 0.0909, 0.01 * 0.0909);
}

// Linear Poincare waves along x and along y: A. E. Gill (1982), Atmosphere-Ocean Dynamics, section 8.2.
TEST_CASE("a standing wave on a rotating plane converges at second order over ten periods") {
  const double errors[] = {rotating_wave_error(24), rotating_wave_error(48), rotating_wave_error(96)};
  const double first = std::log2(errors[0] / errors[1]), second = std::log2(errors[1] / errors[2]);
  MESSAGE("rotating standing wave: errors ", errors[0], ", ", errors[1], ", ", errors[2], "; orders ", first, ", ",
          second);
  CHECK(first > 1.8);
  CHECK(second > 1.8);
  verify("rotating standing wave, 96² cells, ten periods: mean error of eta [amplitudes]", errors[2], 0, 2.5e-4);
}
