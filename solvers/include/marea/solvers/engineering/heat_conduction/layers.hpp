// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/solvers/engineering/heat_conduction/options.hpp>
#include <marea/solvers/numerics/multigrid/faces.hpp>

// Layers of different thickness on a grid that has as many cells along z as they have together.
namespace marea::heat_conduction {

/// The case file with the cells and the ends of z that its layers have. Throws ConfigError where it says otherwise.
OptionTree with_layers(OptionTree case_file);

/// The layer of every cell along z of the whole grid, numbers of `layers`.
std::vector<int> layer_of_cells(const std::vector<Layer>& layers);

/// Thickness of this rank's cells along z and centres in the description of the grid; empty without layers.
multigrid::Layering layering_of(const std::vector<Layer>& layers, Grid& grid);

/// A conductivity along [x, y, z] from a number or three. Throws ConfigError unless all are > 0.
std::array<double, 3> conductivity_of(const OptionTree& value, const std::string& where);

}  // namespace marea::heat_conduction
