// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include <mpi.h>

#include <marea/io/case_file.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/registry.hpp>

namespace marea::test {

/// A shallow-water solver from the text of a case file.
inline AnySolver make_case(const std::string& toml, MPI_Comm comm = MPI_COMM_SELF) {
  OptionTree case_file = parse_toml(toml, "case.toml");
  case_file["solver"]["name"] = "shallow_water";
  return make_solver(case_file, comm);
}

/// `[grid]` of n x m cells over [x0, x1] x [y0, y1], the same kind of boundary at both ends of an axis.
inline std::string grid_table(int nx, int ny, double x0, double x1, double y0, double y1, const std::string& kind_x,
                              const std::string& kind_y) {
  const auto pair = [](double a, double b) { return "[" + std::to_string(a) + ", " + std::to_string(b) + "]\n"; };
  const auto kinds = [](const std::string& k) { return "[\"" + k + "\", \"" + k + "\"]\n"; };
  return "[grid]\nnx = " + std::to_string(nx) + "\nny = " + std::to_string(ny) + "\nx = " + pair(x0, x1) + "y = " +
         pair(y0, y1) + "boundary_x = " + kinds(kind_x) + "boundary_y = " + kinds(kind_y);
}

/// One field of this rank, row by row.
inline std::vector<double> field_of(SolverInterface& solver, const std::string& name) {
  const Block& block = solver.grid().block;
  const bool vector = name == "velocity";
  HostArray values = vector ? HostArray(DType::f64, {block.extent[0], block.extent[1], 2})
                            : HostArray(DType::f64, {block.extent[0], block.extent[1]});
  solver.read(name, values.ref());
  const auto span = values.values<double>();
  return {span.begin(), span.end()};
}

/// Mean over the cells of |value - exact(x, y)|.
template <class Exact> double mean_error(SolverInterface& solver, const std::string& name, Exact&& exact) {
  const std::vector<double> values = field_of(solver, name);
  const GridInfo& grid = solver.grid();
  double sum = 0;
  std::size_t n = 0;
  for (const double y : grid.centres[0]) {
    for (const double x : grid.centres[1]) sum += std::fabs(values[n++] - exact(x, y));
  }
  return sum / static_cast<double>(n);
}

inline double invariant(SolverInterface& solver, const std::string& name) {
  for (const NamedScalar& s : solver.invariants()) {
    if (s.name == name) return s.value;
  }
  return NAN;
}

}  // namespace marea::test
