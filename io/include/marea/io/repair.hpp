// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>

namespace marea {

/// What repair_snapshot found and did.
struct RepairResult {
  std::int64_t steps = 0;          ///< whole snapshots that the file holds
  std::int64_t torn_steps = 0;     ///< begun, never committed, now trimmed
  std::int64_t lost_steps = 0;     ///< committed, but from the first damaged one on no longer readable, now trimmed
  std::int64_t extended_bytes = 0; ///< the file was this much shorter than its own header says
  std::int64_t stray_bytes = 0;    ///< lay past the end that the header says, now before it and safe
  bool finished_flush = false;     ///< what the journal of a killed writer held was put in place
  bool changed() const {
    return torn_steps > 0 || lost_steps > 0 || extended_bytes > 0 || stray_bytes > 0 || finished_flush;
  }
};

/// Mends one of marea's snapshot files after a kill or a full disk: finishes a flush that was cut short, brings the
/// file's length and the end that its header states together, and trims every field to the committed snapshots (the
/// length of `time`) that can be read. A file that lost some is no longer marked as complete, so that the simulation
/// makes them again. A whole file is not touched.
/// Throws IoError when it cannot be opened, DataError when it is damaged beyond that.
RepairResult repair_snapshot(const std::string& path);

}  // namespace marea
