// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <memory>

#include <marea/solvers/grid/grid.hpp>

namespace marea {

/// Fills the ghost cells that another rank, or the periodic other end, owns: edges and corners included.
///
/// Axis after axis (x, y, z), each sweep takes along the ghosts that the earlier ones filled, so that corners need no
/// messages of their own. All variables go in one message a neighbour; requests are persistent and buffers allocated
/// once: in the solvers' memory where MPI reads that (mpi_reads_device_memory()), otherwise in pinned host memory.
/// Ghosts beyond a physical boundary are left to boundary.hpp, which runs afterwards.
template <class Real> class HaloExchange {
 public:
  /// A plan for states of `variables` variables on `grid`. Not collective.
  HaloExchange(const Grid& grid, int variables);
  HaloExchange(HaloExchange&&) noexcept;
  HaloExchange& operator=(HaloExchange&&) noexcept;
  ~HaloExchange();

  /// The ghosts are ready in the order of device_queue(). Collective over the grid's communicator.
  void exchange(const StateView<Real>& q);

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

extern template class HaloExchange<float>;
extern template class HaloExchange<double>;

}  // namespace marea
