// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// The radial dam break of PDEBench on n x n cells: cells x steps per second, the share of the memory roof, and the mean
// L1 error against a fine radial solution. One line of JSON. For two ranks: mpirun -n 2; for two threads: --threads 2.
//
//   bench_shallow_water [--cells 512] [--end 0.1 | --steps 200] [--threads 1] [--precision double] [--cfl 0.9]
//                       [--limiter steep] [--gauges 16] [--error] [--reference 8192]
#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>

#include <Kokkos_Core.hpp>

#include <marea/solvers/grid/loops.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/runtime.hpp>

#include "performance/support/interleave.hpp"
#include "support/radial_shallow_water.hpp"
#include "support/shallow_water_case.hpp"

namespace {

using namespace marea;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Bytes read and written per second [GB/s] by copies within the device's memory, best of five.
double device_copy() {
  constexpr std::size_t n = std::size_t{64} << 20;
  const Kokkos::View<double*, Device::memory_space> from("from", n), to("to", n);
  double best = 0;
  for (int repeat = 0; repeat < 5; ++repeat) {
    Kokkos::fence();
    const auto start = std::chrono::steady_clock::now();
    Kokkos::deep_copy(to, from);
    Kokkos::fence();
    best = std::max(best, 2.0 * sizeof(double) * n / seconds_since(start) / 1e9);
  }
  return best;
}

std::string case_text(std::map<std::string, std::string>& given) {
  const int cells = std::stoi(given["cells"]);
  std::string text = test::grid_table(cells, cells, -2.5, 2.5, -2.5, 2.5, "open", "open") +
                     "[solver]\nname = \"shallow_water\"\ngravity = 1.0\nbathymetry = -1.0\nprecision = \"" +
                     given["precision"] + "\"\ncfl = " + given["cfl"] + "\nlimiter = \"" + given["limiter"] + "\"\n";
  const int gauges = std::stoi(given["gauges"]);
  if (gauges > 0) text += "[solver.gauges]\n";
  for (int n = 0; n < gauges; ++n) {
    const std::string place = std::to_string(-2.4 + 4.8 * n / gauges);
    text += "g" + std::to_string(n) + " = [" + place + ", " + place + "]\n";
  }
  return text + "[initial]\nprofile = \"dam_break\"\nshape = \"radial\"\nhigh = 1.0\nlow = 0.0\n";
}

/// Wall time of `steps` steps after ten that do not count, or where 0 of the run to `end`.
double timed_run(SolverInterface& solver, std::int64_t& steps, double end) {
  const auto advance = [&](std::int64_t count) {
    for (std::int64_t n = 0; n < count; ++n) solver.step(solver.stable_dt());
  };
  if (steps > 0) advance(10);
  Kokkos::fence();
  const auto start = std::chrono::steady_clock::now();
  if (steps > 0) advance(steps);
  else advance_to(solver, end), steps = solver.steps();
  Kokkos::fence();
  return seconds_since(start);
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> given{{"cells", "512"}, {"end", "0.1"}, {"steps", "0"}, {"threads", "1"},
                                           {"precision", "double"}, {"cfl", "0.9"}, {"limiter", "steep"},
                                           {"gauges", "0"}, {"reference", "8192"}, {"error", "0"}};
  for (int n = 1; n < argc; ++n) {
    const std::string key = std::string(argv[n]).substr(2);
    if (key == "error") given[key] = "1";
    else if (given.count(key) && n + 1 < argc) given[key] = argv[++n];
    else return std::cerr << "unknown option " << argv[n] << "\n", 2;
  }
  const int cells = std::stoi(given["cells"]), threads = std::stoi(given["threads"]);
  const double end = std::stod(given["end"]);
  Runtime runtime(threads);
  AnySolver solver = make_solver(parse_toml(case_text(given), "bench"), MPI_COMM_WORLD);
  std::int64_t steps = std::stoll(given["steps"]);
  const double seconds = timed_run(*solver, steps, end);
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const double rate = static_cast<double>(cells) * cells * static_cast<double>(steps) / seconds;
  const double roof = device_is_host ? bench::triad(threads) : device_copy();
  // Least traffic of a step: copy three fields; read them and the bed, write them; read and write three diagnostics.
  const double bytes = (given["precision"] == "single" ? 4.0 : 8.0) * (3 * 2 + (3 + 1 + 3) + 3 * 2);
  nlohmann::ordered_json result{{"cells", cells}, {"ranks", ranks}, {"threads", threads},
                                {"precision", given["precision"]}, {"gauges", std::stoi(given["gauges"])},
                                {"steps", steps}, {"seconds", seconds},
                                {"us_per_step", 1e6 * seconds / static_cast<double>(steps)},
                                {"mcell_steps_per_s", rate / 1e6}, {"triad_gb_per_s", roof},
                                {"share_of_roof", rate * bytes / (roof * 1e9 * ranks)}};
  if (given["error"] == "1" && ranks == 1) {
    test::RadialShallowWater reference(std::stoi(given["reference"]), 4, 0.5, 2, 1, 1);
    reference.advance(end);
    result["l1_error"] =
        test::mean_error(*solver, "h", [&](double x, double y) { return reference.depth(std::hypot(x, y)); });
  }
  if (rank == 0) std::cout << result.dump() << "\n";
}
