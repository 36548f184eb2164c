// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/gather.hpp>

#include "redistribution.hpp"

namespace marea {

BlockGather::BlockGather(const GridInfo& grid)
    : plan_(std::make_shared<detail::Redistribution>(detail::Redistribution::to_one_rank(grid.comm, grid.block))) {
  MPI_Comm_rank(grid.comm, &rank_);
}

void BlockGather::gather(const ArrayRef& block, const ArrayRef& whole) const { plan_->move(block, whole); }

void BlockGather::scatter(const ArrayRef& whole, const ArrayRef& block) const { plan_->move_back(whole, block); }

}  // namespace marea
