// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/solvers/registry.hpp>

// Every solver is made in a unit of its own, <name>.cpp: so the table needs no solver's header.
namespace marea {

SolverEntry advection_entry();
SolverEntry burgers_entry();
SolverEntry darcy_entry();
SolverEntry heat_conduction_entry();
SolverEntry reaction_diffusion_entry();
SolverEntry shallow_water_entry();

}  // namespace marea
