// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include <marea/io/dataset.hpp>
#include <marea/io/host_array.hpp>

namespace marea {

/// Reads batches ahead on a thread of its own, so that training does not wait for files. The data set must outlive
/// the loader.
class BatchLoader {
 public:
  /// `order`: sample indices, one pass; the last batch may be smaller; `rollout` >= 1 output steps; at most `ahead`
  /// batches wait in memory. Throws ConfigError for sizes below one.
  BatchLoader(const Dataset& data, std::vector<std::int64_t> order, int batch, int rollout = 1, int ahead = 2);
  ~BatchLoader();
  struct Batch { HostArray in, out; std::int64_t size = 0; };  ///< in (B, C_in, …), out (B, rollout, C_out, …)
  /// The next batch in order, empty (size 0) at the end. Rethrows what went wrong on the thread.
  Batch next() { return next(Batch()); }
  /// \param spent  a batch that is no longer needed: its memory serves a later one
  Batch next(Batch spent);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marea
