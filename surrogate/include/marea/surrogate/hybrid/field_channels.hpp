// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/io/field_info.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/device_array.hpp>
#include <marea/surrogate/hybrid/channel_gather.hpp>

namespace marea::hybrid {

/// Moves named fields between a solver and the channels of a model: one channel a scalar, one a component of a vector.
class FieldChannels {
 public:
  FieldChannels(std::vector<FieldInfo> fields, const GridInfo& grid);

  /// (C, [k,] [j,] i) of this rank's cells in the solvers' memory, f64, zeroed.
  DeviceArray make() const { return DeviceArray(DType::f64, extents_); }
  /// Extents of such an array.
  const std::vector<std::int64_t>& extents() const { return extents_; }

  /// Between the present state and such an array, of host or device memory, f32 or f64, any strides. write sets the
  /// state; time unchanged. Collective.
  void read(SolverInterface& solver, const ArrayRef& channels) const;
  void write(SolverInterface& solver, const ArrayRef& channels) const;

  /// (C, [k,] [j,] i) of the whole grid on rank 0, f64; no elements on the other ranks. Collective.
  HostArray read_whole(SolverInterface& solver) const;

  int count() const { return static_cast<int>(extents_.front()); }
  /// Of the whole grid.
  std::int64_t cells() const { return gather_.cells(); }
  /// Indices of the channels that belong to scalar fields.
  std::vector<int> scalars() const;

 private:
  std::vector<FieldInfo> fields_;
  ChannelGather gather_;
  int axes_;
  std::vector<std::int64_t> extents_;
};

}  // namespace marea::hybrid
