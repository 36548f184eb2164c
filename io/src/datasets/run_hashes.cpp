// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
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

void add(Sha256& hash, const SnapshotReader& reader, const FieldInfo& field, std::int64_t trajectory) {
  const HostArray values(DType::f64, grid_extents(reader.grid().block, field));
  reader.read(field.name, trajectory, std::ssize(reader.times()) - 1, values.ref());
  hash.update(std::span<const char>(field.name.c_str(), field.name.size() + 1));
  add(hash, values.values<double>());
}

std::string place(const Run& run) {
  return run.file + " (" + run.split + ", trajectory " + std::to_string(run.trajectory) + ")";
}

}  // namespace

std::string detail::hash_of_run(const SnapshotReader& reader, std::int64_t trajectory) {
  std::vector<FieldInfo> fields;
  if (!reader.times().empty()) fields = reader.schema().fields;
  for (const FieldInfo& field : reader.schema().constants)
    if (reader.has(field.name)) fields.push_back(field);
  std::ranges::sort(fields, {}, &FieldInfo::name);
  Sha256 hash;
  add(hash, reader.times(trajectory));
  for (const FieldInfo& field : fields) add(hash, reader, field, trajectory);
  return hash.hex();
}

SplitHashes hash_runs(const DatasetOptions& options) {
  detail::ReaderPool files;
  SplitHashes hashes;
  std::map<std::string, Run> seen;
  for (const Run& run : detail::find_runs(options, files)) {
    const std::string hash = detail::hash_of_run(files.get(run.file), run.trajectory);
    (run.split == "train" ? hashes.train : run.split == "valid" ? hashes.valid : hashes.test).push_back(hash);
    const auto [first, fresh] = seen.emplace(hash, run);
    if (fresh || first->second.split == run.split) continue;
    fail<DataError>("data", place(run), " and ", place(first->second),
                    " hold the same run, which may not stand in two splits; remove one of them");
  }
  return hashes;
}

}  // namespace marea
