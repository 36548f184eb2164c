// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/solvers/engineering/reaction_diffusion/options.hpp>
#include <marea/solvers/numerics/multigrid/faces.hpp>

namespace marea::reaction_diffusion {

/// The tensor K of diffusion of every cell, relative to the diffusivity of a variable, and its faces.
struct Tissue {
  StateView<double> conductivity;  ///< factor of the cell
  StateView<double> fibre;         ///< unit vector, the variable a - (3 - dimensions) along axis a
  StateView<double> cross;         ///< K_ab for a < b: variable a + b - 1, in two dimensions 0; empty: K is diagonal
  multigrid::Conductances<double> conductances;  ///< of the diagonal, insulated ends
  bool uniform = true;                           ///< K = 1 everywhere: nothing of the above needs to be read
};

/// Reads and checks the tissue. Throws ConfigError, IoError, DataError for a cell whose conductivity is negative or
/// whose fibre has no length. Collective.
Tissue tissue_of(const Options& options, const OptionTree& case_file, const Grid& grid);

/// Where K_ab stands in Tissue::cross.
KOKKOS_INLINE_FUNCTION int cross_variable(int a, int b, int dimensions) { return dimensions == 2 ? 0 : a + b - 1; }

}  // namespace marea::reaction_diffusion
