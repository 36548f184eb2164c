// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>

#include <marea/solvers/any_solver.hpp>

namespace marea {

/// Steps the solver to exactly `end`: every step as long as stable, the last one shortened. The one place that
/// decides step lengths, so that a plain run, a restarted one and the solver half of a hybrid take the same steps.
///
/// \param keep_going  asked after each step, on all ranks; false stops early
/// \return            true when `end` was reached
/// Throws NumericalError on all ranks when the stable step is not positive, does not move the time, or would be needed
/// more than 1e9 times: no run of sense takes that many. It names the value of the state that stands out most.
bool advance_to(SolverInterface& solver, double end, const std::function<bool()>& keep_going = {});

}  // namespace marea
