// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <string>
#include <vector>

#include <mpi.h>

#include <marea/io/block.hpp>

namespace marea {

/// The structured grid a solver runs on and a file describes. Axes in storage order: (i), (j, i) or (k, j, i).
struct GridInfo {
  MPI_Comm comm = MPI_COMM_SELF;                        ///< Cartesian communicator, owned by the solver
  Block block;                                          ///< this rank's cells
  std::vector<std::string> axis_names;                  ///< "x" last: {"y", "x"}
  std::vector<std::vector<double>> centres;             ///< global cell centres per axis [length unit]
  std::vector<double> spacing;                          ///< cell size per axis [length unit]
  std::vector<std::array<std::string, 2>> boundary;     ///< kind at the low and high end per axis
  std::string length_unit = "m", time_unit = "s";
};

}  // namespace marea
