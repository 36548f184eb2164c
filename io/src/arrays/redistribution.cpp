// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "redistribution.hpp"

#include <algorithm>
#include <set>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>

namespace marea::detail {
namespace {

bool is_empty(const Block& block) {
  return std::any_of(block.extent.begin(), block.extent.begin() + block.rank, [](std::int64_t n) { return n == 0; });
}

Block intersection(const Block& a, const Block& b) {
  Block both = a;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(a.rank); ++axis) {
    both.offset[axis] = std::max(a.offset[axis], b.offset[axis]);
    const std::int64_t end = std::min(a.offset[axis] + a.extent[axis], b.offset[axis] + b.extent[axis]);
    both.extent[axis] = std::max<std::int64_t>(0, end - both.offset[axis]);
  }
  return both;
}

/// The part of an array over `whole` that lies in `part`.
ArrayRef view_of(ArrayRef array, const Block& whole, const Block& part) {
  for (int axis = 0; axis < part.rank; ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    const std::int64_t begin = part.offset[a] - whole.offset[a];
    array = array.slice(axis, begin, begin + part.extent[a]);
  }
  return array;
}

HostArray packed(const ArrayRef& view) { return HostArray(view.dtype, view.extents()); }

int byte_count(const HostArray& array) {
  const std::size_t bytes = static_cast<std::size_t>(array.size()) * element_size(array.dtype());
  if (bytes > (std::size_t{1} << 31) - 1)
    fail<IoError>("Redistribution", "a piece of ", bytes, " bytes exceeds what one message holds; use more ranks");
  return static_cast<int>(bytes);
}

}  // namespace

Redistribution::Redistribution(MPI_Comm comm, const Block& block) : comm_(comm) {
  int ranks = 1;
  MPI_Comm_rank(comm, &rank_);
  MPI_Comm_size(comm, &ranks);
  blocks_.resize(static_cast<std::size_t>(ranks));
  Block own = block;
  MPI_Allgather(&own, sizeof(Block), MPI_BYTE, blocks_.data(), sizeof(Block), MPI_BYTE, comm);
  boxes_ = blocks_;
}

void Redistribution::finish() {
  identity_ = true;
  for (std::size_t r = 0; r < blocks_.size(); ++r)
    identity_ = identity_ && blocks_[r].offset == boxes_[r].offset && blocks_[r].extent == boxes_[r].extent;
}

Redistribution Redistribution::to_one_rank(MPI_Comm comm, const Block& block) {
  Redistribution plan(comm, block);
  for (Block& box : plan.boxes_) box.offset = box.extent = {};
  plan.boxes_[0].extent = block.global;
  plan.finish();
  return plan;
}

Redistribution Redistribution::to_chunks(MPI_Comm comm, const Block& block, const std::vector<std::int64_t>& chunk) {
  Redistribution plan(comm, block);
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(block.rank); ++axis) {
    std::set<std::int64_t> starts;
    for (const Block& b : plan.blocks_)
      if (!is_empty(b)) starts.insert(b.offset[axis]);
    const auto parts = static_cast<std::int64_t>(starts.size()), cells = block.global[axis];
    const std::int64_t chunks = (cells + chunk[axis] - 1) / chunk[axis];
    const std::int64_t width = chunk[axis] * ((chunks + parts - 1) / parts);
    for (std::size_t r = 0; r < plan.boxes_.size(); ++r) {
      Block& box = plan.boxes_[r];
      if (is_empty(plan.blocks_[r])) {
        box.offset = box.extent = {};
        continue;
      }
      const auto place = std::distance(starts.begin(), starts.find(plan.blocks_[r].offset[axis]));
      box.offset[axis] = std::min(cells, place * width);
      box.extent[axis] = std::min(cells, (place + 1) * width) - box.offset[axis];
    }
  }
  plan.finish();
  return plan;
}

void Redistribution::move(const ArrayRef& block, const ArrayRef& box) const {
  exchange(block, blocks_, box, boxes_);
}

void Redistribution::move_back(const ArrayRef& box, const ArrayRef& block) const {
  exchange(box, boxes_, block, blocks_);
}

void Redistribution::exchange(const ArrayRef& from, const std::vector<Block>& sources, const ArrayRef& to,
                              const std::vector<Block>& targets) const {
  const auto self = static_cast<std::size_t>(rank_);
  std::vector<HostArray> buffers;
  std::vector<MPI_Request> requests;
  struct Arrival {
    std::size_t buffer;
    Block part;
  };
  std::vector<Arrival> arrivals;
  for (std::size_t r = 0; r < targets.size(); ++r) {
    if (const Block part = intersection(targets[self], sources[r]); !is_empty(part) && r != self) {
      buffers.push_back(packed(view_of(to, targets[self], part)));
      arrivals.push_back({buffers.size() - 1, part});
      MPI_Irecv(buffers.back().ref().data, byte_count(buffers.back()), MPI_BYTE, static_cast<int>(r), 0, comm_,
                &requests.emplace_back());
    }
    if (const Block part = intersection(sources[self], targets[r]); !is_empty(part)) {
      const ArrayRef view = view_of(from, sources[self], part);
      if (r == self) {
        copy(view, view_of(to, targets[self], part));
        continue;
      }
      buffers.push_back(packed(view));
      copy(view, buffers.back().ref());
      MPI_Isend(buffers.back().ref().data, byte_count(buffers.back()), MPI_BYTE, static_cast<int>(r), 0, comm_,
                &requests.emplace_back());
    }
  }
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  for (const Arrival& arrival : arrivals)
    copy(buffers[arrival.buffer].ref(), view_of(to, targets[self], arrival.part));
}

std::vector<std::int64_t> chunk_of_blocks(MPI_Comm comm, const Block& block) {
  std::vector<std::int64_t> chunk(static_cast<std::size_t>(block.rank));
  for (std::size_t a = 0; a < chunk.size(); ++a) {
    std::int64_t mine = std::max<std::int64_t>(block.extent[a], 1);
    MPI_Allreduce(&mine, &chunk[a], 1, MPI_INT64_T, MPI_MAX, comm);
  }
  constexpr std::int64_t most = 1 << 22;  // cells: 16 MiB in single precision
  for (std::size_t a = 0; a + 1 < chunk.size(); ++a) {
    std::int64_t rest = 1;
    for (std::size_t b = a + 1; b < chunk.size(); ++b) rest *= chunk[b];
    chunk[a] = std::max<std::int64_t>(1, std::min(chunk[a], most / rest));
  }
  return chunk;
}

}  // namespace marea::detail
