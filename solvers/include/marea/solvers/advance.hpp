// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <functional>

#include <marea/io/error.hpp>
#include <marea/solvers/any_solver.hpp>

namespace marea {

/// Steps the solver to exactly `end`: every step as long as stable, the last one shortened. The one place that
/// decides step lengths, so that a plain run, a restarted one and the solver half of a hybrid take the same steps.
///
/// \param keep_going  asked after each step, on all ranks; false stops early
/// \return            true when `end` was reached
/// Throws NumericalError when the stable step is not positive or does not move the time.
inline bool advance_to(SolverInterface& solver, double end, const std::function<bool()>& keep_going = {}) {
  while (solver.time() < end) {
    const double time = solver.time(), left = end - time;
    const double dt = solver.stable_dt();
    if (!(dt > 0) || time + std::min(dt, left) == time)
      fail<NumericalError>(solver.name(), "step ", dt, " at time ", time, " does not move on; the state has diverged");
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
