// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/grid/halo_exchange.hpp>

#include <string>
#include <vector>

#include <marea/solvers/device.hpp>
#include <marea/solvers/grid/loops.hpp>

namespace marea {
namespace detail {

/// A box of every variable of a state.
struct Region {
  int variables;
  Box box;
  std::size_t size() const {
    return static_cast<std::size_t>(variables) * box.count(0) * box.count(1) * box.count(2);
  }
};

/// Memory that kernels fill and MPI sends from: of a fixed address, freed with its owner.
template <class Real> using Buffer = std::unique_ptr<Real, void (*)(void*)>;

template <class Space, class Real> Buffer<Real> allocate(std::size_t count) {
  return {static_cast<Real*>(Kokkos::kokkos_malloc<Space>("halo.buffer", count * sizeof(Real))),
          Kokkos::kokkos_free<Space>};
}

/// The solvers' memory where MPI reads that, otherwise pinned memory, which kernels reach without a copy.
template <class Real> Buffer<Real> allocate_buffer(std::size_t count) {
  return mpi_reads_device_memory() ? allocate<Device::memory_space, Real>(count) : allocate<PinnedSpace, Real>(count);
}

/// Both ways between a region and a contiguous buffer (v, k, j, i).
template <class Real, bool Packing> struct CopyRegion {
  StateView<Real> q;
  Real* buffer;
  Region r;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    const auto& b = r.box;
    for (int v = 0; v < r.variables; ++v) {
      const std::size_t at =
          ((static_cast<std::size_t>(v) * b.count(0) + (k - b.begin[0])) * b.count(1) + (j - b.begin[1])) * b.count(2) +
          (i - b.begin[2]);
      if constexpr (Packing) {
        buffer[at] = q(v, k, j, i);
      } else {
        q(v, k, j, i) = buffer[at];
      }
    }
  }
};

template <class Real> struct CopyWithin {
  StateView<Real> q;
  int variables, dk, dj, di;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    for (int v = 0; v < variables; ++v) q(v, k, j, i) = q(v, k + dk, j + dj, i + di);
  }
};

template <class Real> void pack(const StateView<Real>& q, const Region& r, Real* buffer) {
  for_each_cell("halo.pack", r.box, CopyRegion<Real, true>{q, buffer, r});
}
template <class Real> void unpack(Real* buffer, const StateView<Real>& q, const Region& r) {
  for_each_cell("halo.unpack", r.box, CopyRegion<Real, false>{q, buffer, r});
}

}  // namespace detail

template <class Real> struct HaloExchange<Real>::Plan {
  /// What goes to and comes from the neighbour at one end of one axis.
  struct Message {
    detail::Region send, receive;
    detail::Buffer<Real> out, in;
  };
  struct Sweep {
    bool periodic_here = false;                     // this rank is its own neighbour
    int shift[3] = {};                              // from the low ghosts to the cells they repeat
    detail::Region low_ghosts{}, high_ghosts{};
    std::vector<Message> messages;
    std::vector<MPI_Request> requests;
  };
  int variables;
  std::vector<Sweep> sweeps;

  Plan(const Grid& grid, int variable_count) : variables(variable_count) {
    for (int axis = 2; axis >= 3 - grid.dimensions; --axis)
      if (grid.cells.ghost[axis] > 0) sweeps.push_back(make_sweep(grid, axis));
  }

  ~Plan() {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (finalized) return;
    for (auto& sweep : sweeps)
      for (auto& request : sweep.requests) MPI_Request_free(&request);
  }

  Sweep make_sweep(const Grid& grid, int axis) const {
    const Cells& c = grid.cells;
    Box box = interior(c);
    for (int a = axis + 1; a < 3; ++a) {  // along with the ghosts that earlier sweeps filled
      box.begin[a] = 0;
      box.end[a] = c.extent(a);
    }
    const int width = c.ghost[axis];
    const auto slab = [&](int begin) {
      Box b = box;
      b.begin[axis] = begin;
      b.end[axis] = begin + width;
      return detail::Region{variables, b};
    };
    Sweep sweep;
    sweep.low_ghosts = slab(0);
    sweep.high_ghosts = slab(c.end[axis]);
    sweep.shift[axis] = c.count(axis);
    if (grid.neighbour[axis][0] == grid.rank) {
      sweep.periodic_here = true;
      return sweep;
    }
    for (int side = 0; side < 2; ++side) {
      if (grid.neighbour[axis][side] == MPI_PROC_NULL) continue;
      const detail::Region send = slab(side == 0 ? c.begin[axis] : c.end[axis] - width);
      const detail::Region receive = side == 0 ? sweep.low_ghosts : sweep.high_ghosts;
      Message m{send, receive, detail::allocate_buffer<Real>(send.size()),
                detail::allocate_buffer<Real>(receive.size())};
      // The tag says which end of the sender it left, so that two messages to one rank are told apart.
      const int count = static_cast<int>(m.send.size() * sizeof(Real));
      const int rank = grid.neighbour[axis][side];
      MPI_Request request;
      MPI_Recv_init(m.in.get(), count, MPI_BYTE, rank, 2 * axis + 1 - side, *grid.comm, &request);
      sweep.requests.push_back(request);
      MPI_Send_init(m.out.get(), count, MPI_BYTE, rank, 2 * axis + side, *grid.comm, &request);
      sweep.requests.push_back(request);
      sweep.messages.push_back(std::move(m));
    }
    return sweep;
  }

  void run(Sweep& sweep, const StateView<Real>& q) const {
    if (sweep.periodic_here) {
      const int* d = sweep.shift;
      for_each_cell("halo.periodic", sweep.low_ghosts.box,
                    detail::CopyWithin<Real>{q, variables, d[0], d[1], d[2]});
      for_each_cell("halo.periodic", sweep.high_ghosts.box,
                    detail::CopyWithin<Real>{q, variables, -d[0], -d[1], -d[2]});
      return;
    }
    if (sweep.messages.empty()) return;
    for (const auto& m : sweep.messages) detail::pack(q, m.send, m.out.get());
    fence();  // MPI reads what is packed, and writes where the last exchange has unpacked
    MPI_Startall(static_cast<int>(sweep.requests.size()), sweep.requests.data());
    MPI_Waitall(static_cast<int>(sweep.requests.size()), sweep.requests.data(), MPI_STATUSES_IGNORE);
    for (const auto& m : sweep.messages) detail::unpack(m.in.get(), q, m.receive);
  }
};

template <class Real>
HaloExchange<Real>::HaloExchange(const Grid& grid, int variables) : plan_(std::make_unique<Plan>(grid, variables)) {}
template <class Real> HaloExchange<Real>::HaloExchange(HaloExchange&&) noexcept = default;
template <class Real> HaloExchange<Real>& HaloExchange<Real>::operator=(HaloExchange&&) noexcept = default;
template <class Real> HaloExchange<Real>::~HaloExchange() = default;

template <class Real> void HaloExchange<Real>::exchange(const StateView<Real>& q) {
  for (auto& sweep : plan_->sweeps) plan_->run(sweep, q);
}

template class HaloExchange<float>;
template class HaloExchange<double>;

}  // namespace marea
