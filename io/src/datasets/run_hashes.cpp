// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <set>
#include <span>

#include <marea/io/checksum.hpp>
#include <marea/io/dataset.hpp>
#include <marea/io/error.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/host_array.hpp>

#include "dataset_files.hpp"
#include "field_planes.hpp"

namespace marea {
namespace {

using detail::is_constant;
using detail::parameter_of;

void add(Sha256& hash, std::span<const double> values) { hash.update(std::as_bytes(values)); }

void add(Sha256& hash, const SnapshotReader& reader, const FieldInfo& field, std::int64_t trajectory,
         std::int64_t step) {
  const HostArray values(DType::f32, grid_extents(reader.grid().block, field));
  reader.read(field.name, trajectory, step, values.ref());
  hash.update(std::span<const char>(field.name.c_str(), field.name.size() + 1));
  hash.update(std::as_bytes(values.values<float>()));
}

using Names = std::set<std::string>;

std::vector<FieldInfo> those_of(std::vector<FieldInfo> fields, const Names& names) {
  std::erase_if(fields, [&](const FieldInfo& field) { return !names.contains(field.name); });
  std::ranges::sort(fields, {}, &FieldInfo::name);
  return fields;
}

std::vector<FieldInfo> written_constants(const SnapshotReader& reader, const Names& names) {
  std::vector<FieldInfo> constants = those_of(reader.schema().constants, names);
  std::erase_if(constants, [&](const FieldInfo& field) { return !reader.has(field.name); });
  return constants;
}

bool is_field(const SnapshotReader& reader, const std::string& name) {
  return std::ranges::any_of(reader.schema().fields, [&](const FieldInfo& field) { return field.name == name; }) ||
         is_constant(reader, name);
}

/// Numbers of the run that are inputs.
void add_parameters(Sha256& hash, const SnapshotReader& reader, const Names& names) {
  for (const std::string& name : names) {
    if (is_field(reader, name)) continue;
    if (const auto parameter = parameter_of(reader, name)) {
      hash.update(std::span<const char>(name.c_str(), name.size() + 1));
      add(hash, std::span(&parameter->value, 1));
    }
  }
}

std::string hash_of_run(const SnapshotReader& reader, std::int64_t trajectory, const Names& names) {
  std::vector<FieldInfo> fields = written_constants(reader, names);
  if (!reader.times().empty()) {
    const std::vector<FieldInfo> in_time = those_of(reader.schema().fields, names);
    fields.insert(fields.end(), in_time.begin(), in_time.end());
  }
  std::ranges::sort(fields, {}, &FieldInfo::name);
  Sha256 hash;
  add(hash, reader.times(trajectory));
  add_parameters(hash, reader, names);
  for (const FieldInfo& field : fields) add(hash, reader, field, trajectory, std::ssize(reader.times()) - 1);
  return hash.hex();
}

/// Of the last snapshot, and of those whose index is a power of 2.
std::vector<std::string> hashes_of_states(const SnapshotReader& reader, std::int64_t trajectory, const Names& names) {
  std::vector<FieldInfo> constants = written_constants(reader, names);
  const std::vector<FieldInfo> fields = those_of(reader.schema().fields, names);
  std::vector<std::string> hashes;
  const std::int64_t last = std::ssize(reader.times()) - 1;
  // What a run has seen so far depends on where it ends; a map may know nothing else of it.
  if (!fields.empty())
    std::erase_if(constants, [](const FieldInfo& field) { return field.role == FieldRole::diagnostic; });
  Sha256 fixed;
  add_parameters(fixed, reader, names);
  for (const FieldInfo& field : constants) add(fixed, reader, field, trajectory, 0);
  const std::string of_constants = fixed.hex();
  const auto hash_at = [&](std::int64_t step) {
    Sha256 hash;
    hash.update(std::span<const char>(of_constants));
    for (const FieldInfo& field : fields) add(hash, reader, field, trajectory, step);
    return hash.hex().substr(0, 16);
  };
  if (last < 0) return hashes;
  hashes.push_back(hash_at(last));
  if (fields.empty()) return hashes;
  for (auto step = static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(last))); step > 0; step /= 2)
    hashes.push_back(hash_at(step));
  return hashes;
}

std::string place(const Run& run) {
  return run.file + " (" + run.split + ", trajectory " + std::to_string(run.trajectory) + ")";
}

}  // namespace

std::set<std::string> detail::used_names(const DatasetOptions& options) {
  std::set<std::string> names(options.inputs.begin(), options.inputs.end());
  names.insert(options.outputs.begin(), options.outputs.end());
  return names;
}

RunFingerprint detail::fingerprint_of_run(const SnapshotReader& reader, std::int64_t trajectory,
                                          const std::set<std::string>& names) {
  return {hash_of_run(reader, trajectory, names), std::ssize(reader.times()),
          hashes_of_states(reader, trajectory, names)};
}

SplitHashes hash_runs(const DatasetOptions& options) {
  struct Split {
    KnownRuns known;
    std::vector<Run> runs;
  };
  detail::ReaderPool files;
  SplitHashes hashes;
  const std::set<std::string> names = detail::used_names(options);
  std::map<std::string, Split> splits;
  for (const Run& run : detail::find_runs(options, files)) {
    const RunFingerprint mine = detail::fingerprint_of_run(files.get(run.file), run.trajectory, names);
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
