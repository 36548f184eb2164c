// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/run_fingerprint.hpp>

#include <algorithm>
#include <sstream>
#include <utility>

#include <marea/io/error.hpp>

namespace marea {
namespace {

/// Whether the last snapshot of `one`, or its latest with the index 2^k, stands in `other`.
bool ends_in(const RunFingerprint& one, const RunFingerprint& other) {
  for (std::size_t n = 0; n < std::min<std::size_t>(2, one.states.size()); ++n)
    if (std::ranges::find(other.states, one.states[n]) != other.states.end()) return true;
  return false;
}

}  // namespace

std::string RunFingerprint::state_text() const {
  std::string text = std::to_string(snapshots);
  for (const std::string& state : states) text += ' ' + state;
  return text;
}

RunFingerprint RunFingerprint::of_text(std::string sha256, const std::string& state_text) {
  RunFingerprint run{.sha256 = std::move(sha256)};
  std::istringstream words(state_text);
  if (!(words >> run.snapshots) && !state_text.empty())
    fail<DataError>("the hashes of a run", "\"", state_text, "\" must begin with a number of snapshots");
  for (std::string word; words >> word;) run.states.push_back(word);
  return run;
}

bool is_same_or_part(const RunFingerprint& one, const RunFingerprint& other) {
  if (one.sha256 == other.sha256) return true;
  if (one.states.empty() || other.states.empty()) return false;
  if (one.states.front() == other.states.front()) return true;
  return one.snapshots != other.snapshots && (ends_in(one, other) || ends_in(other, one));
}

void KnownRuns::add(RunFingerprint run) {
  const std::int64_t index = std::ssize(runs_);
  by_hash_.emplace(run.sha256, index);
  for (const std::string& state : run.states) by_hash_.emplace(state, index);
  runs_.push_back(std::move(run));
}

std::int64_t KnownRuns::find(const RunFingerprint& run) const {
  std::vector<std::string> hashes{run.sha256};
  hashes.insert(hashes.end(), run.states.begin(), run.states.end());
  for (const std::string& hash : hashes) {
    const auto [first, last] = by_hash_.equal_range(hash);
    for (auto it = first; it != last; ++it)
      if (is_same_or_part(run, runs_[static_cast<std::size_t>(it->second)])) return it->second;
  }
  return -1;
}

}  // namespace marea
