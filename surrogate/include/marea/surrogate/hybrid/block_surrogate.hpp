// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <marea/surrogate/hybrid/channel_gather.hpp>
#include <marea/surrogate/hybrid/ledger.hpp>
#include <marea/surrogate/surrogate.hpp>

namespace marea::hybrid {

/// A surrogate over the blocks of a solver's ranks. On one rank it reads and writes the caller's memory, on the device
/// where that is; on several the channels are gathered to rank 0, which runs it, and scattered again.
class BlockSurrogate {
 public:
  BlockSurrogate(Surrogate surrogate, const GridInfo& grid)
      : surrogate_(std::move(surrogate)), gather_(grid), comm_(grid.comm) {}

  const ModelInfo& info() const { return surrogate_.info(); }

  /// in (C_in, [k,] [j,] i), out (C_out, [k,] [j,] i): this rank's cells, f64. Seconds go into the row. Collective.
  /// Throws on all ranks what the surrogate throws on rank 0.
  void predict(const ArrayRef& in, const ArrayRef& out, LedgerEntry& row) const;

  /// What the model knows of an input: the score of its trust, and the norm of its band.
  struct Verdict {
    double trust = not_computed, band = not_computed;
  };
  /// The band of the share that holds a standard deviation, each channel over its rms; infinite out of the domain. What
  /// is not asked for stays NaN. Collective.
  Verdict judge(const ArrayRef& in, bool trust, bool band) const;
  bool knows_trust() const { return surrogate_.knows_trust(); }
  bool knows_band() const { return surrogate_.knows_band(); }

 private:
  void call(const ArrayRef& in, const ArrayRef& out, LedgerEntry& row) const;

  Surrogate surrogate_;
  ChannelGather gather_;
  MPI_Comm comm_;
};

}  // namespace marea::hybrid
