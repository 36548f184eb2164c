// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/advance.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <mpi.h>

#include <marea/io/error.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/grid/cell_name.hpp>

namespace marea {
namespace {

constexpr double most_steps = 1e9;

/// The value of a field that is largest in magnitude, and how many times the mean magnitude of the others it is.
struct Extreme {
  std::string text;  ///< "h = 9.97e+36 in cell (j = 7, i = 29)"
  double prominence = 0;
};

Extreme extreme_of(SolverInterface& solver, const FieldInfo& field) {
  const GridInfo& grid = solver.grid();
  const HostArray array(DType::f64, block_extents(grid.block, field));
  solver.read(field.name, array.ref());
  const auto values = array.values<double>();
  std::size_t place = 0;
  double sums[2] = {0, static_cast<double>(values.size())};
  for (std::size_t n = 0; n < values.size(); ++n) {
    sums[0] += std::fabs(values[n]);
    if (std::fabs(values[n]) > std::fabs(values[place])) place = n;
  }
  struct {
    double value;
    int rank;
  } largest{values.empty() ? -1 : std::fabs(values[place]), 0};
  MPI_Comm_rank(grid.comm, &largest.rank);
  const int rank = largest.rank;
  MPI_Allreduce(MPI_IN_PLACE, &largest, 1, MPI_DOUBLE_INT, MPI_MAXLOC, grid.comm);
  MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, grid.comm);

  char text[256] = "";
  if (rank == largest.rank && !values.empty()) {
    std::int64_t cells = 1;
    for (int a = 0; a < grid.block.rank; ++a) cells *= grid.block.extent[a];
    const auto components = std::max<std::int64_t>(1, array.size() / std::max<std::int64_t>(1, cells));
    const std::string cell = cell_name(grid.block, static_cast<std::int64_t>(place) / components);
    std::snprintf(text, sizeof text, "%s = %g in cell (%s)", field.name.c_str(), values[place], cell.c_str());
  }
  MPI_Bcast(text, sizeof text, MPI_CHAR, largest.rank, grid.comm);
  return {text, largest.value * (sums[1] - 1) / std::max(sums[0] - largest.value, 1e-300)};
}

/// Where to look: the value that stands out most, which is to blame if it is a thousand times the others.
std::string suspicion(SolverInterface& solver) {
  Extreme most;
  for (const FieldInfo& field : solver.fields()) {
    Extreme one = extreme_of(solver, field);
    if (one.prominence > most.prominence || most.text.empty()) most = std::move(one);
  }
  if (most.prominence < 1000)
    return "no single value is to blame (the largest is " + most.text + "): look at the initial state and the options";
  return "the value that stands out most is " + most.text;
}

/// A step that cannot lead to the end.
void require_progress(SolverInterface& solver, double dt, double time, double left) {
  const bool moves = dt > 0 && time + std::min(dt, left) != time;
  if (moves && left <= most_steps * dt) return;
  const std::string where = suspicion(solver);
  if (!moves)
    fail<NumericalError>(solver.name(), "step ", dt, " at time ", time, " does not move on; the state has diverged: ",
                         where);
  fail<NumericalError>(solver.name(), "at time ", time, " the stable step is ", dt, ": ", left / dt,
                       " steps to time ", time + left, ", at most ", most_steps, " are taken; ", where);
}

}  // namespace

bool advance_to(SolverInterface& solver, double end, const std::function<bool()>& keep_going) {
  while (solver.time() < end) {
    const double time = solver.time(), left = end - time;
    const double dt = solver.stable_dt();
    require_progress(solver, dt, time, left);
    // A rest shorter than a thousandth of a step would cost a step of its own: take it along.
    if (dt * 1.001 >= left) {
      solver.step(left);
      solver.set_time(end, solver.steps());
    } else {
      solver.step(dt);
    }
    if (keep_going && !keep_going()) return solver.time() >= end;
  }
  return true;
}

}  // namespace marea
