// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/channel_gather.hpp>

#include <algorithm>
#include <vector>

#include <marea/solvers/device_array.hpp>

namespace marea::hybrid {

ChannelGather::ChannelGather(const GridInfo& grid) : gather_(grid), block_(grid.block) {
  MPI_Comm_size(grid.comm, &ranks_);
}

std::int64_t ChannelGather::cells() const {
  std::int64_t cells = 1;
  for (int axis = 0; axis < block_.rank; ++axis) cells *= block_.global[static_cast<std::size_t>(axis)];
  return cells;
}

HostArray ChannelGather::whole(std::int64_t channels) const {
  if (!root()) return {};
  std::vector<std::int64_t> extents{channels};
  extents.insert(extents.end(), block_.global.begin(), block_.global.begin() + block_.rank);
  return HostArray(DType::f64, extents);
}

HostArray ChannelGather::gather(const ArrayRef& block) const {
  HostArray all = whole(block.extent[0]);
  if (ranks_ == 1) {
    copy_array(block, all.ref());
    return all;
  }
  const HostArray mine(DType::f64, block.extents());
  copy_array(block, mine.ref());
  gather_.gather(channels_last(mine.ref()), root() ? channels_last(all.ref()) : ArrayRef{});
  return all;
}

void ChannelGather::scatter(const HostArray& whole, const ArrayRef& block) const {
  if (ranks_ == 1) return copy_array(whole.ref(), block);
  const HostArray mine(DType::f64, block.extents());
  gather_.scatter(root() ? channels_last(whole.ref()) : ArrayRef{}, channels_last(mine.ref()));
  copy_array(mine.ref(), block);
}

ArrayRef channels_last(const ArrayRef& channels) {
  ArrayRef out = channels;
  std::rotate(out.extent, out.extent + 1, out.extent + out.rank);
  std::rotate(out.stride, out.stride + 1, out.stride + out.rank);
  return out;
}

}  // namespace marea::hybrid
