// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <mpi.h>

#include <marea/io/array_ref.hpp>
#include <marea/io/block.hpp>

namespace marea::detail {

/// Moves a field from the blocks that the solver's ranks own to the boxes that ranks write: whole chunks of a file, so
/// that no compressed chunk has two writers, or everything to rank 0.
class Redistribution {
 public:
  /// Boxes are whole multiples of `chunk` along each axis. Collective.
  static Redistribution to_chunks(MPI_Comm comm, const Block& block, const std::vector<std::int64_t>& chunk);
  static Redistribution to_one_rank(MPI_Comm comm, const Block& block);

  /// What this rank writes; may be empty.
  const Block& box() const { return boxes_[static_cast<std::size_t>(rank_)]; }
  /// True where every rank's box is its block: nothing has to move.
  bool identity() const { return identity_; }
  /// `block` and `box` may have further last axes (components); equal dtypes. Collective.
  void move(const ArrayRef& block, const ArrayRef& box) const;
  void move_back(const ArrayRef& box, const ArrayRef& block) const;

 private:
  Redistribution(MPI_Comm comm, const Block& block);
  void finish();
  void exchange(const ArrayRef& from, const std::vector<Block>& sources, const ArrayRef& to,
                const std::vector<Block>& targets) const;

  MPI_Comm comm_;
  int rank_ = 0;
  bool identity_ = false;
  std::vector<Block> blocks_, boxes_;  ///< of every rank
};

/// The largest block of any rank along each axis, cut where it holds more than 2^22 cells: a chunk. Collective.
std::vector<std::int64_t> chunk_of_blocks(MPI_Comm comm, const Block& block);

}  // namespace marea::detail
