// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <span>

#include <marea/io/checksum.hpp>
#include <marea/io/dataset.hpp>
#include <marea/io/error.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/host_array.hpp>

#include "dataset_files.hpp"

namespace marea {
namespace {

void add(Sha256& hash, std::span<const double> values) { hash.update(std::as_bytes(values)); }

void add(Sha256& hash, const SnapshotReader& reader, const FieldInfo& field, std::int64_t trajectory,
         std::int64_t step) {
  const HostArray values(DType::f64, grid_extents(reader.grid().block, field));
  reader.read(field.name, trajectory, step, values.ref());
  hash.update(std::span<const char>(field.name.c_str(), field.name.size() + 1));
  add(hash, values.values<double>());
}

std::vector<FieldInfo> written_constants(const SnapshotReader& reader) {
  std::vector<FieldInfo> constants = reader.schema().constants;
  std::erase_if(constants, [&](const FieldInfo& field) { return !reader.has(field.name); });
  return constants;
}

std::string hash_of_run(const SnapshotReader& reader, std::int64_t trajectory) {
  std::vector<FieldInfo> fields = written_constants(reader);
  if (!reader.times().empty())
    fields.insert(fields.end(), reader.schema().fields.begin(), reader.schema().fields.end());
  std::ranges::sort(fields, {}, &FieldInfo::name);
  Sha256 hash;
  add(hash, reader.times(trajectory));
  for (const FieldInfo& field : fields) add(hash, reader, field, trajectory, std::ssize(reader.times()) - 1);
  return hash.hex();
}

/// Of the last snapshot, and of those whose index is a power of 2.
std::vector<std::string> hashes_of_states(const SnapshotReader& reader, std::int64_t trajectory) {
  std::vector<FieldInfo> constants = written_constants(reader), fields = reader.schema().fields;
  // What a run has seen so far depends on where it ends.
  std::erase_if(constants, [](const FieldInfo& field) { return field.role == FieldRole::diagnostic; });
  std::ranges::sort(constants, {}, &FieldInfo::name);
  std::ranges::sort(fields, {}, &FieldInfo::name);
  Sha256 fixed;
  for (const FieldInfo& field : constants) add(fixed, reader, field, trajectory, 0);
  const std::string of_constants = fixed.hex();
  const auto hash_at = [&](std::int64_t step) {
    Sha256 hash;
    hash.update(std::span<const char>(of_constants));
    for (const FieldInfo& field : fields) add(hash, reader, field, trajectory, step);
    return hash.hex().substr(0, 16);
  };
  std::vector<std::string> hashes;
  const std::int64_t last = std::ssize(reader.times()) - 1;
  if (last < 0) return hashes;
  hashes.push_back(hash_at(last));
  for (auto step = static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(last))); step > 0; step /= 2)
    hashes.push_back(hash_at(step));
  return hashes;
}

std::string place(const Run& run) {
  return run.file + " (" + run.split + ", trajectory " + std::to_string(run.trajectory) + ")";
}

}  // namespace

RunFingerprint detail::fingerprint_of_run(const SnapshotReader& reader, std::int64_t trajectory) {
  return {hash_of_run(reader, trajectory), std::ssize(reader.times()), hashes_of_states(reader, trajectory)};
}

SplitHashes hash_runs(const DatasetOptions& options) {
  struct Split {
    KnownRuns known;
    std::vector<Run> runs;
  };
  detail::ReaderPool files;
  SplitHashes hashes;
  std::map<std::string, Split> splits;
  for (const Run& run : detail::find_runs(options, files)) {
    const RunFingerprint mine = detail::fingerprint_of_run(files.get(run.file), run.trajectory);
    for (const auto& [name, split] : splits)
      if (const std::int64_t other = name == run.split ? -1 : split.known.find(mine); other >= 0)
        fail<DataError>("data", place(run), " and ", place(split.runs[static_cast<std::size_t>(other)]),
                        " hold the same run, or a part of it, which may not stand in two splits; remove one of them");
    const bool train = run.split == "train", valid = run.split == "valid";
    (train ? hashes.train : valid ? hashes.valid : hashes.test).push_back(mine.sha256);
    if (train || valid) (train ? hashes.train_states : hashes.valid_states).push_back(mine.state_text());
    splits[run.split].known.add(mine);
    splits[run.split].runs.push_back(run);
  }
  return hashes;
}

}  // namespace marea
