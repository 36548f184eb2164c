// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>

#include <marea/io/array_ref.hpp>
#include <marea/io/grid_info.hpp>

namespace marea {
namespace detail {
class Redistribution;
}

/// Moves a field between the blocks of all ranks and one whole array on rank 0. Collective over grid.comm.
///
/// A block has the extents of grid.block, and may have further last axes (components); dtypes must agree.
/// The cost is the whole field over the network to one rank: for grids that fit there.
class BlockGather {
 public:
  explicit BlockGather(const GridInfo& grid);

  /// `whole` counts on rank 0 alone. Throws ShapeError where extents or dtypes do not fit.
  void gather(const ArrayRef& block, const ArrayRef& whole) const;
  void scatter(const ArrayRef& whole, const ArrayRef& block) const;
  bool root() const { return rank_ == 0; }

 private:
  std::shared_ptr<const detail::Redistribution> plan_;
  int rank_ = 0;
};

}  // namespace marea
