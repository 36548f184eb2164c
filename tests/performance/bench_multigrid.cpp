// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// Seconds to solve -div(a grad u) = 1 on a square or cube of n cells a side, held at 0 on all sides, to a residual of
// 1e-8 from u = 0: set-up and solution, by multigrid or by Eigen's sparse LDL^T. One line of JSON; compare_multigrid.py
// has the peers.
//
//   bench_multigrid CELLS DIMENSIONS uniform|waves|layers [multigrid|ldlt]
#include <chrono>
#include <cmath>
#include <iostream>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include <Eigen/SparseCholesky>
#include <nlohmann/json.hpp>

#include <marea/solvers/numerics/multigrid/faces.hpp>
#include <marea/solvers/numerics/multigrid/solve.hpp>
#include <marea/solvers/runtime.hpp>

namespace {

using namespace marea;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// a at (x, y): 1; e^(3 sin sin), 400 times as much here as there; or 1e6 in every second of ten layers along y.
double conductivity(const std::string& kind, double x, double y) {
  if (kind == "layers") return static_cast<int>(10 * y) % 2 == 1 ? 1e6 : 1;
  if (kind == "uniform") return 1;
  return std::exp(3 * std::sin(2 * std::numbers::pi * x) * std::sin(2 * std::numbers::pi * y));
}

struct Problem {
  Grid grid;
  multigrid::Conductances<double> of;
  StateView<double> f;

  Problem(int n, int dimensions, const std::string& kind)
      : grid(make(n, dimensions)), of(multigrid::make_conductances<double>(grid)),
        f(make_state<double>("f", grid, 1)) {
    const StateView<double> a = make_state<double>("a", grid, 1);
    const auto host = host_mirror_and_copy(a);
    const Cells& c = grid.cells;
    for (int k = c.begin[0]; k < c.end[0]; ++k)
      for (int j = c.begin[1]; j < c.end[1]; ++j)
        for (int i = c.begin[2]; i < c.end[2]; ++i)
          host(0, k, j, i) = conductivity(kind, (i - c.begin[2] + 0.5) / n, (j - c.begin[1] + 0.5) / n);
    Kokkos::deep_copy(a, host);
    HaloExchange<double>(grid, 1).exchange(a);
    const double held = std::numeric_limits<double>::infinity();
    multigrid::set_faces(grid, a, {{{held, held}, {held, held}, {held, held}}}, of);
    Kokkos::deep_copy(f, multigrid::cell_volume(grid));
  }
  static Grid make(int n, int dimensions) {
    GridOptions o;
    o.nx = n;
    o.ny = n;
    o.nz = dimensions == 3 ? n : 0;
    o.boundary_x = o.boundary_y = o.boundary_z = {"wall", "wall"};
    return make_grid(o, multigrid::ghost_layers, MPI_COMM_SELF);
  }
};

nlohmann::ordered_json by_multigrid(const Problem& p) {
  const StateView<double> u = make_state<double>("u", p.grid, 1);
  auto start = std::chrono::steady_clock::now();
  multigrid::DiffusionSolver solver(p.grid, p.of);
  const double setup = seconds_since(start);
  start = std::chrono::steady_clock::now();
  const multigrid::Convergence c = solver.solve(p.f, u, 1e-8);
  return {{"setup_s", setup}, {"solve_s", seconds_since(start)}, {"iterations", c.iterations}, {"residual", c.residual}};
}

/// The lower triangle of the matrix.
Eigen::SparseMatrix<double> matrix_of(const Problem& p) {
  multigrid::DiffusionSolver fills_the_diagonal(p.grid, p.of);
  const auto faces = host_mirror_and_copy(p.of.faces), diagonal = host_mirror_and_copy(p.of.diagonal);
  const Cells& c = p.grid.cells;
  const auto number = [&](int k, int j, int i) {
    return ((k - c.begin[0]) * c.count(1) + j - c.begin[1]) * c.count(2) + i - c.begin[2];
  };
  std::vector<Eigen::Triplet<double>> entries;
  for (int k = c.begin[0]; k < c.end[0]; ++k)
    for (int j = c.begin[1]; j < c.end[1]; ++j)
      for (int i = c.begin[2]; i < c.end[2]; ++i) {
        const int row = number(k, j, i), v = p.grid.dimensions - 1;
        entries.emplace_back(row, row, diagonal(0, k, j, i));
        if (i > c.begin[2]) entries.emplace_back(row, number(k, j, i - 1), -faces(v, k, j, i));
        if (j > c.begin[1]) entries.emplace_back(row, number(k, j - 1, i), -faces(v - 1, k, j, i));
        if (k > c.begin[0]) entries.emplace_back(row, number(k - 1, j, i), -faces(v - 2, k, j, i));
      }
  const int n = c.count(0) * c.count(1) * c.count(2);
  Eigen::SparseMatrix<double> a(n, n);
  a.setFromTriplets(entries.begin(), entries.end());
  return a;
}

nlohmann::ordered_json by_ldlt(const Problem& p) {
  const Eigen::SparseMatrix<double> a = matrix_of(p);
  const Eigen::VectorXd f = Eigen::VectorXd::Constant(a.rows(), multigrid::cell_volume(p.grid));
  auto start = std::chrono::steady_clock::now();
  const Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>, Eigen::Lower> factors(a);
  const double setup = seconds_since(start);
  start = std::chrono::steady_clock::now();
  const Eigen::VectorXd u = factors.solve(f);
  const double solve = seconds_since(start);
  return {{"setup_s", setup}, {"solve_s", solve}, {"iterations", 0},
          {"residual", (f - a.selfadjointView<Eigen::Lower>() * u).norm() / f.norm()}};
}

}  // namespace

int main(int argc, char** argv) {
  const Runtime runtime(argc, argv);
  if (argc < 4) {
    std::cerr << "bench_multigrid CELLS DIMENSIONS uniform|waves|layers [multigrid|ldlt]\n";
    return 2;
  }
  const int dimensions = std::stoi(argv[2]);
  const bool direct = argc > 4 && std::string(argv[4]) == "ldlt";
  const auto run = direct ? by_ldlt : by_multigrid;
  run(Problem(16, dimensions, argv[3]));  // pages of the program
  std::cout << run(Problem(std::stoi(argv[1]), dimensions, argv[3])).dump() << "\n";
}
