// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/io/field_info.hpp>
#include <marea/io/gather.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/any_solver.hpp>
#include <marea/surrogate/hybrid/guard.hpp>

namespace marea::hybrid {

/// Moves named fields between the ranks of a solver and the channels of a model on rank 0.
/// Collective; the channels are empty on the other ranks.
class FieldChannels {
 public:
  FieldChannels(std::vector<FieldInfo> fields, const GridInfo& grid);

  /// (C, cells) of the present state: one channel a scalar, one a component of a vector.
  Channels read(SolverInterface& solver) const;
  /// Sets the solver's state from such channels; time unchanged.
  void write(SolverInterface& solver, const Channels& channels) const;

  int count() const { return count_; }
  std::int64_t cells() const { return cells_; }
  /// Indices of the channels that belong to scalar fields.
  std::vector<int> scalars() const;

 private:
  HostArray local(const FieldInfo& field) const;
  ArrayRef whole(const FieldInfo& field, int channel, Channels& channels) const;

  std::vector<FieldInfo> fields_;
  BlockGather gather_;
  Block block_;
  int count_ = 0;
  std::int64_t cells_ = 1;
};

}  // namespace marea::hybrid
