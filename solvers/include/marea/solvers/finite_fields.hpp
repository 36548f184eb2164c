// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/solvers/any_solver.hpp>

namespace marea {

/// Throws NumericalError on all ranks when a value of a prognostic field is NaN or infinite on any: field, index and
/// time named. Reads every value once: for the end of an interval, not for every step. Collective.
void require_finite_fields(SolverInterface& solver);

}  // namespace marea
