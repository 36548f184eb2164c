// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>

#include <marea/io/gather.hpp>
#include <marea/io/host_array.hpp>

namespace marea::hybrid {

/// Moves channels (C, [k,] [j,] i), f64, between the blocks of all ranks, in host or device memory, and one whole array
/// on rank 0's host. Collective over grid.comm.
class ChannelGather {
 public:
  explicit ChannelGather(const GridInfo& grid);

  /// Zeros for the whole array on rank 0, no elements on the other ranks.
  HostArray whole(std::int64_t channels) const;
  /// The whole array, likewise.
  HostArray gather(const ArrayRef& block) const;
  /// `whole` counts on rank 0 alone.
  void scatter(const HostArray& whole, const ArrayRef& block) const;

  bool root() const { return gather_.root(); }
  int ranks() const { return ranks_; }
  std::int64_t cells() const;  ///< of the whole grid

 private:
  BlockGather gather_;
  Block block_;
  int ranks_ = 1;
};

/// (C, …) as (…, C): the axes of the grid and, as vector fields have them, the components last.
ArrayRef channels_last(const ArrayRef& channels);

}  // namespace marea::hybrid
