// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
// A solver in your own time loop: its volume and its deepest water every half second of a dam break.
//   01_solver_loop examples/05_radial_dam_break/case.toml
#include <algorithm>
#include <cstdio>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/runtime.hpp>

int main(int argc, char** argv) try {
  marea::Runtime runtime(argc, argv);  // starts MPI and Kokkos
  const auto case_file = marea::read_case_file(argc > 1 ? argv[1] : "case.toml");
  auto solver = marea::make_solver(case_file, MPI_COMM_WORLD);

  const auto& block = solver->grid().block;  // the cells of this rank
  marea::HostArray h(marea::DType::f64, {block.extent[0], block.extent[1]});
  for (double time = 0.0; time <= 1.0; time += 0.5) {
    marea::advance_to(*solver, time);
    solver->read("h", h.ref());
    double deepest = *std::ranges::max_element(h.values<double>());
    MPI_Allreduce(MPI_IN_PLACE, &deepest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    const auto volume = solver->invariants().front();
    if (block.offset[0] + block.offset[1] == 0)
      std::printf("t = %.1f s  volume %.6f %s  deepest %.4f m\n", time, volume.value, volume.units.c_str(), deepest);
  }
} catch (const marea::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
