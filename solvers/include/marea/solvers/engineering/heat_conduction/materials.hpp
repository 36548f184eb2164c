// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/solvers/engineering/heat_conduction/blocks.hpp>

namespace marea::heat_conduction {

/// What the cells are made of and what heats them.
struct Materials {
  StateView<double> conductivity;  ///< one variable an axis, in storage order [W m-1 K-1]
  StateView<double> capacity;      ///< density times specific heat [J m-3 K-1]
  StateView<double> source;        ///< [W m-3]
};

/// From options, this rank's cells without ghosts. Throws ConfigError, DataError (a conductivity that is not positive).
void load_materials(const Options& options, const std::vector<PlacedBlock>& blocks, const Grid& grid,
                    const Materials& to);

}  // namespace marea::heat_conduction
