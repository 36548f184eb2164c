// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <cstdio>
#include <string>

#include <marea/io/case_file.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/runtime.hpp>

/// A solver loop of a program that knows the installed package alone.
int main(int argc, char** argv) {
  marea::Runtime runtime(argc, argv);
  const marea::OptionTree options = marea::parse_case_text(R"(
    [grid]
    nx = 16
    ny = 16
    x = [0.0, 1000.0]
    y = [0.0, 1000.0]
    boundary_x = ["wall", "wall"]
    boundary_y = ["wall", "wall"]
    [solver]
    name = "shallow_water"
    bathymetry = -10.0
    [initial]
    profile = "gaussian_hump"
    centre = [500.0, 500.0]
    radius = 150.0
    height = 0.5
  )", "consumer");
  marea::AnySolver solver = marea::make_solver(options, MPI_COMM_WORLD);
  const double before = solver->invariants().front().value;
  while (solver->time() < 20) solver->step(solver->stable_dt());
  const double after = solver->invariants().front().value;
  std::printf("%s: %lld steps, %s %.17g -> %.17g\n", std::string(solver->name()).c_str(),
              static_cast<long long>(solver->steps()), solver->invariants().front().name.c_str(), before, after);
  return solver->steps() > 0 && std::abs(after - before) <= 1e-12 * before ? 0 : 1;
}
