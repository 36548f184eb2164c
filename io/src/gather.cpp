// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/gather.hpp>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>

namespace marea {

BlockGather::BlockGather(const GridInfo& grid) : comm_(grid.comm) {
  int size = 1;
  MPI_Comm_rank(comm_, &rank_);
  MPI_Comm_size(comm_, &size);
  blocks_.resize(static_cast<std::size_t>(size));
  Block own = grid.block;
  MPI_Allgather(&own, sizeof(Block), MPI_BYTE, blocks_.data(), sizeof(Block), MPI_BYTE, comm_);
}

ArrayRef BlockGather::part(const ArrayRef& whole, const Block& block) const {
  ArrayRef out = whole;
  for (int axis = 0; axis < block.rank; ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    out = out.slice(axis, block.offset[a], block.offset[a] + block.extent[a]);
  }
  return out;
}

namespace {

HostArray contiguous(const ArrayRef& like, const Block& block) {
  std::vector<std::int64_t> extents(block.extent.begin(), block.extent.begin() + block.rank);
  for (int r = block.rank; r < like.rank; ++r) extents.push_back(like.extent[r]);
  return HostArray(like.dtype, extents);
}

int bytes(const HostArray& a) { return static_cast<int>(static_cast<std::size_t>(a.size()) * element_size(a.dtype())); }

}  // namespace

void BlockGather::gather(const ArrayRef& block, const ArrayRef& whole) const {
  HostArray mine = contiguous(block, blocks_[static_cast<std::size_t>(rank_)]);
  copy(block, mine.ref());
  if (rank_ != 0) {
    MPI_Send(mine.ref().data, bytes(mine), MPI_BYTE, 0, 0, comm_);
    return;
  }
  copy(mine.ref(), part(whole, blocks_[0]));
  for (std::size_t r = 1; r < blocks_.size(); ++r) {
    HostArray theirs = contiguous(block, blocks_[r]);
    MPI_Recv(theirs.ref().data, bytes(theirs), MPI_BYTE, static_cast<int>(r), 0, comm_, MPI_STATUS_IGNORE);
    copy(theirs.ref(), part(whole, blocks_[r]));
  }
}

void BlockGather::scatter(const ArrayRef& whole, const ArrayRef& block) const {
  HostArray mine = contiguous(block, blocks_[static_cast<std::size_t>(rank_)]);
  if (rank_ == 0) {
    for (std::size_t r = 1; r < blocks_.size(); ++r) {
      HostArray theirs = contiguous(block, blocks_[r]);
      copy(part(whole, blocks_[r]), theirs.ref());
      MPI_Send(theirs.ref().data, bytes(theirs), MPI_BYTE, static_cast<int>(r), 0, comm_);
    }
    copy(part(whole, blocks_[0]), mine.ref());
  } else {
    MPI_Recv(mine.ref().data, bytes(mine), MPI_BYTE, 0, 0, comm_, MPI_STATUS_IGNORE);
  }
  copy(mine.ref(), block);
}

}  // namespace marea
