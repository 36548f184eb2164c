// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace marea {

/// What a run is known by, in files of whatever name, split, compression or layout.
struct RunFingerprint {
  std::string sha256;                    ///< of its times, its last snapshot and constants, as far as a model takes them
  std::int64_t snapshots = 0;
  /// Hashes of single snapshots with the constants, without times and diagnostics: of the last one, then of those with
  /// the indices 2^k, the latest first. 16 hexadecimal digits each. Empty where a model file does not keep them.
  std::vector<std::string> states{};

  /// Snapshots and states in one line, "41 0f3c… 9a71… …", as model files keep them; and back. Throws DataError.
  std::string state_text() const;
  static RunFingerprint of_text(std::string sha256, const std::string& state_text);
};

/// Whether one is the other run, or a part of it: a copy with other times, without the last or the first snapshots,
/// with every second one only. Runs of one length that differ in their last snapshot are two, and so are runs that only
/// begin alike: of the shorter one, a snapshot of its later half must stand in the other.
/// Not recognised: a part without beginning and end, and values that were changed, be it by rounding.
bool is_same_or_part(const RunFingerprint& one, const RunFingerprint& other);

/// Runs among which others are looked for; the work does not grow with their number.
class KnownRuns {
 public:
  void add(RunFingerprint run);
  /// The index, in the order of add(), of a run that is the same or a part; -1: none.
  std::int64_t find(const RunFingerprint& run) const;

 private:
  std::vector<RunFingerprint> runs_;
  std::unordered_multimap<std::string, std::int64_t> by_hash_;
};

}  // namespace marea
