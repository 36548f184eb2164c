// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// Cells x steps per second of a case file's solver, without output. One line of JSON. Overrides as in `marea simulate`.
//
//   bench_solver CASE.toml STEPS [table.key=value …]
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include <marea/io/case_file.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/runtime.hpp>

int main(int argc, char** argv) {
  const marea::Runtime runtime(argc, argv);
  if (argc < 3) {
    std::cerr << "bench_solver CASE.toml STEPS [table.key=value ...]\n";
    return 2;
  }
  const std::vector<std::string> overrides(argv + 3, argv + argc);
  marea::AnySolver solver = marea::make_solver(marea::read_case_file(argv[1], overrides), MPI_COMM_WORLD);
  const int steps = std::stoi(argv[2]);
  const auto walk = [&](int count) {
    for (int n = 0; n < count; ++n) solver->step(solver->stable_dt());
  };
  walk(3);
  solver->invariants();  // waits for the device
  const auto start = std::chrono::steady_clock::now();
  walk(steps);
  solver->invariants();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const marea::Block& block = solver->grid().block;
  double cells = 1;
  for (int a = 0; a < block.rank; ++a) cells *= static_cast<double>(block.global[a]);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0)
    std::cout << "{\"solver\":\"" << solver->name() << "\",\"dimensions\":" << block.rank << ",\"steps\":" << steps
              << ",\"mcell_steps_per_s\":" << 1e-6 * cells * steps / seconds.count() << "}\n";
}
