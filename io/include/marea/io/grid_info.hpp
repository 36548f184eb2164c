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
/// Systems without space have one axis, "member".
struct GridInfo {
  MPI_Comm comm = MPI_COMM_SELF;                        ///< Cartesian communicator, owned by the solver
  Block block;                                          ///< this rank's cells
  std::vector<std::string> axis_names;                  ///< "x" last: {"y", "x"}
  std::vector<std::vector<double>> centres;             ///< global cell centres per axis [length unit]
  std::vector<double> spacing;                          ///< cell size per axis [length unit]
  std::vector<std::array<std::string, 2>> boundary;     ///< kind at the low and high end per axis
  /// Share of the whole extent that a cell stands for, per axis: a cell's share of the area is the product. Empty where
  /// all cells are alike; on a sphere the weights of the latitudes.
  std::vector<std::vector<double>> weights{};
  std::string length_unit = "m", time_unit = "s";
};

/// The axes in the order of a vector's components, in memory: x, y, z where the axes have these names, in whatever
/// order the array stores them; the storage order otherwise. Names a vector's channels: velocity_x, velocity_y.
std::vector<std::string> component_names(const std::vector<std::string>& axis_names);

}  // namespace marea
