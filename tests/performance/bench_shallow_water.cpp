// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// The radial dam break of PDEBench on n x n cells: cells x steps per second, the share of the memory roof, and the mean
// L1 error against a fine radial solution. One line of JSON. For two ranks: mpirun -n 2; for two threads: --threads 2.
//
//   bench_shallow_water [--cells 512] [--end 0.1] [--threads 1] [--precision double] [--cfl 0.9] [--limiter steep]
//                       [--error] [--reference 8192]
#include <chrono>
#include <iostream>
#include <map>

#include <marea/solvers/registry.hpp>
#include <marea/solvers/runtime.hpp>

#include "performance/support/interleave.hpp"
#include "support/radial_shallow_water.hpp"
#include "support/shallow_water_case.hpp"

int main(int argc, char** argv) {
  using namespace marea;
  std::map<std::string, std::string> given{{"cells", "512"}, {"end", "0.1"}, {"threads", "1"}, {"precision", "double"},
                                           {"cfl", "0.9"}, {"limiter", "steep"}, {"reference", "8192"}, {"error", "0"}};
  for (int n = 1; n < argc; ++n) {
    const std::string key = std::string(argv[n]).substr(2);
    if (key == "error") given[key] = "1";
    else if (given.count(key) && n + 1 < argc) given[key] = argv[++n];
    else return std::cerr << "unknown option " << argv[n] << "\n", 2;
  }
  const int cells = std::stoi(given["cells"]), threads = std::stoi(given["threads"]);
  const double end = std::stod(given["end"]);
  Runtime runtime(threads);
  const auto text = test::grid_table(cells, cells, -2.5, 2.5, -2.5, 2.5, "open", "open") +
                    "[solver]\nname = \"shallow_water\"\ngravity = 1.0\nbathymetry = -1.0\nprecision = \"" +
                    given["precision"] + "\"\ncfl = " + given["cfl"] + "\nlimiter = \"" + given["limiter"] +
                    "\"\n[initial]\nprofile = \"dam_break\"\nshape = \"radial\"\nhigh = 1.0\nlow = 0.0\n";
  AnySolver solver = make_solver(parse_toml(text, "bench"), MPI_COMM_WORLD);
  const auto start = std::chrono::steady_clock::now();
  advance_to(*solver, end);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const double rate = static_cast<double>(cells) * cells * static_cast<double>(solver->steps()) / seconds;
  const double triad = bench::triad(threads);
  // Least traffic of a step: copy three fields; read them and the bed, write them; read and write three diagnostics.
  const double bytes = (given["precision"] == "single" ? 4.0 : 8.0) * (3 * 2 + (3 + 1 + 3) + 3 * 2);
  nlohmann::ordered_json result{{"cells", cells}, {"ranks", ranks}, {"threads", threads}, {"precision", given["precision"]},
                                {"steps", solver->steps()}, {"seconds", seconds}, {"mcell_steps_per_s", rate / 1e6},
                                {"triad_gb_per_s", triad}, {"share_of_roof", rate * bytes / (triad * 1e9 * ranks)}};
  if (given["error"] == "1" && ranks == 1) {
    test::RadialShallowWater reference(std::stoi(given["reference"]), 4, 0.5, 2, 1, 1);
    reference.advance(end);
    result["l1_error"] =
        test::mean_error(*solver, "h", [&](double x, double y) { return reference.depth(std::hypot(x, y)); });
  }
  if (rank == 0) std::cout << result.dump() << "\n";
}
