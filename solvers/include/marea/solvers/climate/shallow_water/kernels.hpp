// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <string>
#include <vector>

#include <marea/solvers/climate/shallow_water/finish.hpp>
#include <marea/solvers/climate/shallow_water/step.hpp>
#include <marea/solvers/climate/shallow_water/sweep.hpp>
#include <marea/solvers/climate/shallow_water/tile_sweep.hpp>
#include <marea/solvers/grid/loops.hpp>

namespace marea::shallow_water {

/// What the sweeps of one solver keep between calls, so that a step allocates nothing.
template <class Real> struct SweepWorkspace {
  explicit SweepWorkspace(const Cells& cells)
      : buffers(device_is_host ? concurrency() : 0, RowBuffers<Real>(cells.extent(2))),
        drains(cells.extent(1), 0), dirty(cells.extent(1), 0), finished(cells.extent(1), 0),
        row_speed(cells.extent(1), Real(0)),
        draining_tiles("shallow_water.draining_tiles", device_is_host ? 0 : most_tiles<Real>(interior(cells, 1))) {}

  std::vector<RowBuffers<Real>> buffers;      ///< one a thread
  std::vector<unsigned char> drains, dirty, finished;  ///< per row: cells drain now; its factors are not all 1; done
  std::vector<Real> row_speed;                ///< largest signal speed of each row
  TileFlags draining_tiles;                   ///< of the step on devices
};

/// One step over `cells` and its end by `finish`. \return the largest signal speed of this rank's cells.
/// The ghosts of fields.h, hu, hv and bed are filled, three wide; where another rank goes on, the sweep takes one ghost
/// layer along, because a neighbour's draining cell cuts fluxes into ours.
template <class Real>
using StepKernel = Real (*)(const StepConstants<Real>&, const StepFields<Real>&, const Cells& cells,
                            const Box& with_neighbours, const Finish<Real>& finish, SweepWorkspace<Real>&);

/// The kernel for these options ("none" is the limiter of order 1).
template <class Real> StepKernel<Real> step_kernel(const std::string& limiter, const std::string& riemann);

}  // namespace marea::shallow_water
